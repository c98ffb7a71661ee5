/**
 * The wire contract: what a request, a reply and a cancel look like on Kafka, and which topics
 * carry them. All of these are immutable values, valid by construction; {@link Wire} turns them
 * into JSON and back.
 */
@NullMarked
package io.millrace.protocol;

import org.jspecify.annotations.NullMarked;
