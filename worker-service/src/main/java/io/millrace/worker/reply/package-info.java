/**
 * The replies to whoever asked, and dead letters. Everything leaves through one {@link
 * io.millrace.worker.reply.Outbox}, whose threads alone ever wait for Kafka.
 */
@NullMarked
package io.millrace.worker.reply;

import org.jspecify.annotations.NullMarked;
