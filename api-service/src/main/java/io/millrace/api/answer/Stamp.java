package io.millrace.api.answer;

/**
 * What tells an answer from all others, and is the same whichever process tells it.
 *
 * @param id of the request
 * @param created seconds since 1970
 */
public record Stamp(String id, long created) {}
