package io.millrace.api.answer;

/**
 * An event of a stream with a name.
 *
 * @param name what its {@code event:} line says
 * @param data becomes JSON
 */
public record NamedEvent(String name, Object data) {}
