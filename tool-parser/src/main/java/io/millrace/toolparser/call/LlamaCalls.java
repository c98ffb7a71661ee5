package io.millrace.toolparser.call;

import java.util.function.Predicate;

/** Calls of Llama 3.1 and later after {@code <|python_tag|>}: as JSON, or as Python. */
public final class LlamaCalls {
  private LlamaCalls() {}

  /** A reader of either form. */
  public static CallReader eitherForm(Predicate<String> allowed) {
    return new ChosenReader("[{", JsonCalls.bare(allowed), PythonicCalls.bare(allowed));
  }
}
