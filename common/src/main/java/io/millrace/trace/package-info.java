/** Traces: what a request did, from HTTP through Kafka to its last token. */
@NullMarked
package io.millrace.trace;

import org.jspecify.annotations.NullMarked;
