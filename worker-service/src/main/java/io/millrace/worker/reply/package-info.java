/**
 * The replies to whoever asked, and dead letters. Everything leaves through one {@link
 * io.millrace.worker.reply.Outbox}, whose thread alone ever waits for Kafka.
 */
@NullMarked
package io.millrace.worker.reply;

import org.jspecify.annotations.NullMarked;
