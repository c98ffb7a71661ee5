/** What every part says to a Kafka cluster in the same words: client settings and topics. */
@NullMarked
package io.millrace.kafka;

import org.jspecify.annotations.NullMarked;
