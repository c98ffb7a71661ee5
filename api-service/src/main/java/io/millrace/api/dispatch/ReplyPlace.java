package io.millrace.api.dispatch;

/**
 * The place in the reply topic at which the replies to a request begin, or one before it.
 *
 * @param partition of the topic
 * @param offset at or before that of the first reply
 */
public record ReplyPlace(int partition, long offset) {}
