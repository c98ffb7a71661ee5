/**
 * The intake of requests: slots that lease them from Kafka's share groups, or members of classic
 * groups, and what becomes of each. A request is taken only when there is room for it, and is done
 * with only when its last reply is stored.
 */
@NullMarked
package io.millrace.worker.intake;

import org.jspecify.annotations.NullMarked;
