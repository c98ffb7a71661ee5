package io.millrace.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import org.jspecify.annotations.Nullable;

/**
 * A call of a function, or a piece of one, as OpenAI's API writes it. The first piece of a call has
 * everything but arguments, which later ones have alone.
 *
 * @param index of the call within its answer, from 0
 * @param id by which the result of the call refers to it; null in later pieces
 * @param type always {@code function}; null in later pieces
 */
@JsonInclude(Include.NON_NULL)
public record ToolCallDelta(
    int index, @Nullable String id, @Nullable String type, @Required Function function) {

  /**
   * The function that is called.
   *
   * @param name null in later pieces
   * @param arguments joined, a JSON object, or the beginning of one if the answer ends within it
   */
  @JsonInclude(Include.NON_NULL)
  public record Function(@Nullable String name, @Nullable String arguments) {}

  /** The beginning of a call, or the whole of one. */
  public static ToolCallDelta begin(int index, String id, String name, String arguments) {
    return new ToolCallDelta(index, id, "function", new Function(name, arguments));
  }

  /** More of the arguments of a call. */
  public static ToolCallDelta more(int index, String arguments) {
    return new ToolCallDelta(index, null, null, new Function(null, arguments));
  }

  /** Its part of the arguments; empty for none. */
  public String arguments() {
    return function.arguments == null ? "" : function.arguments;
  }
}
