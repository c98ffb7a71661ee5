package io.millrace.standalone.models;

import java.io.Console;
import java.util.Locale;

/** The person at a terminal, who may be asked before something is done for good. */
interface Confirmation {

  /** Whether there is anybody to ask. */
  boolean isPossible();

  /** Whether the answer to a question is yes; anything else, and no answer, is no. */
  boolean confirms(String question);

  /** Whoever started this process, if it has a terminal. */
  static Confirmation onConsole() {
    return new Confirmation() {
      @Override
      public boolean isPossible() {
        return System.console() != null;
      }

      @Override
      public boolean confirms(String question) {
        Console console = System.console();
        String answer = console == null ? null : console.readLine("%s [y/N] ", question);
        return answer != null && answer.strip().toLowerCase(Locale.ROOT).matches("y|yes");
      }
    };
  }
}
