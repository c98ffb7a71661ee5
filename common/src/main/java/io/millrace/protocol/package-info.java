/**
 * The wire contract: what a request, a reply and a cancel look like on Kafka, and which topics
 * carry them. Everything here is an immutable value, valid by construction; {@link Wire} is the
 * only class that knows JSON.
 */
@NullMarked
package io.millrace.protocol;

import org.jspecify.annotations.NullMarked;
