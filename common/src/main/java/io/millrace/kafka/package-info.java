/** Access to a Kafka cluster, the same for every part: flags, clients, topics, and a reader. */
@NullMarked
package io.millrace.kafka;

import org.jspecify.annotations.NullMarked;
