package io.millrace.toolparser.call;

/**
 * Takes the calls that a reader finds. What was read before any of these is done with; the text
 * after the last one comes back as content if the call turns out to be none.
 */
public interface CallSink {
  /** A call of this function begins. */
  void begin(String name);

  /**
   * More of the arguments of the call that has begun.
   *
   * @param json the next part of a JSON object
   */
  void arguments(String json);

  /**
   * More of the arguments, of a text that is read further than this tells of.
   *
   * @param place in the input up to which the text is told
   */
  void arguments(String json, int place);

  /** The arguments of the call are complete. */
  void end();

  /** Nothing that was read so far needs to come back. */
  void settle();

  /** A call that is known as a whole. */
  default void call(String name, String arguments) {
    begin(name);
    arguments(arguments);
    end();
  }
}
