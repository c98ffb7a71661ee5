package io.millrace.api.batches;

import org.jspecify.annotations.Nullable;

/**
 * Why the input of a batch cannot be run.
 *
 * @param code which fault it is
 * @param line the line at fault, from 1; null for the file
 * @param message one sentence for a person
 * @param param the field at fault; null for the whole line
 */
record LineError(String code, @Nullable Integer line, String message, @Nullable String param) {

  /** The same while the line is read. */
  static final class Found extends RuntimeException {
    private final String code;
    private final @Nullable String param;

    Found(String code, @Nullable String param, String message) {
      super(message, null, false, false);
      this.code = code;
      this.param = param;
    }

    LineError at(int line) {
      return new LineError(code, line, String.valueOf(getMessage()), param);
    }
  }
}
