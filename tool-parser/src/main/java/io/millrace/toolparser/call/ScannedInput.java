package io.millrace.toolparser.call;

import io.millrace.toolparser.json.LiteralScanner;
import io.millrace.toolparser.json.LiteralScanner.Status;

/**
 * Input that a scanner reads. A scanner writes some text only when more has come; where it has
 * written last, the input is told.
 */
final class ScannedInput {
  private int place;

  /** Has all that has come read, up to the end of the value. */
  Status read(LiteralScanner scanner, Input in, StringBuilder json) {
    Status status = Status.OPEN;
    place = in.place();
    while (status == Status.OPEN && !in.isEmpty()) {
      int length = json.length();
      status = scanner.accept(in.peek(), json);
      if (status == Status.OPEN || status == Status.DONE) {
        in.skip(1);
      }
      if (json.length() > length) {
        place = in.place();
      }
    }
    return status;
  }

  /** The place up to which what was read last is written. */
  int place() {
    return place;
  }
}
