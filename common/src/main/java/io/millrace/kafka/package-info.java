/** What every part has to do with a Kafka cluster: its flags, clients and topics, and a reader. */
@NullMarked
package io.millrace.kafka;

import org.jspecify.annotations.NullMarked;
