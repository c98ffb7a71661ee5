package io.millrace.toolparser.call;

import org.jspecify.annotations.Nullable;

/** One of two readers, as the first character of the call says. */
final class ChosenReader implements CallReader {
  private final String characters;
  private final CallReader first;
  private final CallReader second;
  private @Nullable CallReader chosen;

  /**
   * @param characters with any of which the first reader's notation begins
   */
  ChosenReader(String characters, CallReader first, CallReader second) {
    this.characters = characters;
    this.first = first;
    this.second = second;
  }

  @Override
  public Step step(Input in, CallSink sink) {
    if (chosen == null) {
      in.skipSpace();
      if (in.isEmpty()) {
        return Step.WAIT;
      }
      chosen = characters.indexOf(in.peek()) >= 0 ? first : second;
    }
    return chosen.step(in, sink);
  }
}
