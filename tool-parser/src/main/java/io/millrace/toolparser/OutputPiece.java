package io.millrace.toolparser;

import java.util.function.Consumer;

/**
 * A piece of an answer, as an API's delta shows it. Pieces of one kind that follow one another are
 * one text.
 */
public sealed interface OutputPiece {

  /**
   * Text for the reader.
   *
   * @param text not empty
   */
  record Content(String text) implements OutputPiece {}

  /**
   * Text of the model's thinking, without the tags around it.
   *
   * @param text not empty
   */
  record Reasoning(String text) implements OutputPiece {}

  /**
   * The beginning of a call. Its arguments follow, then its end, before anything else.
   *
   * @param index of the call within the answer, from 0
   * @param id by which the result of the call refers to it
   * @param name of the function, not empty
   */
  record CallBegin(int index, String id, String name) implements OutputPiece {}

  /**
   * More of the arguments of a call. Joined, the pieces are a JSON object, or the beginning of one
   * if the call is not complete.
   *
   * @param json not empty
   */
  record CallArguments(int index, String json) implements OutputPiece {}

  /**
   * The end of a call.
   *
   * @param complete false if the answer ends in the middle of it, or the rest of it is malformed
   *     and follows as content
   */
  record CallEnd(int index, boolean complete) implements OutputPiece {}

  /** Does what belongs to the kind of this piece. */
  default void handle(
      Consumer<Content> content,
      Consumer<Reasoning> reasoning,
      Consumer<CallBegin> begin,
      Consumer<CallArguments> arguments,
      Consumer<CallEnd> end) {
    if (this instanceof Content it) {
      content.accept(it);
    } else if (this instanceof Reasoning it) {
      reasoning.accept(it);
    } else if (this instanceof CallBegin it) {
      begin.accept(it);
    } else if (this instanceof CallArguments it) {
      arguments.accept(it);
    } else if (this instanceof CallEnd it) {
      end.accept(it);
    }
  }
}
