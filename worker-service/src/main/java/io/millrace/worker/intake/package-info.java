/**
 * The intake of requests: slots that lease requests from Kafka's share groups, and what becomes of
 * each. A request is taken only when there is room for it, and its lease ends only when its last
 * reply is stored.
 */
@NullMarked
package io.millrace.worker.intake;

import org.jspecify.annotations.NullMarked;
