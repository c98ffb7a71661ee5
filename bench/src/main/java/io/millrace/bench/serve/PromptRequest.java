package io.millrace.bench.serve;

/**
 * A request of the workload: a prompt, and the length of its answer.
 *
 * @param text the prompt
 * @param ids the same as token ids; whatever the server's model wants around them is not among them
 * @param promptTokens how many the prompt has
 * @param outputTokens how many the answer may have
 */
record PromptRequest(String text, int[] ids, int promptTokens, int outputTokens) {}
