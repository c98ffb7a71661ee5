package io.millrace.toolparser.call;

import io.millrace.toolparser.call.CallReader.Step;
import io.millrace.toolparser.json.JsonScanner;
import io.millrace.toolparser.json.LiteralScanner.Status;

/** The arguments of a call as a JSON object, told while they are read. */
final class ArgumentsObject {
  private final JsonScanner scanner = new JsonScanner();

  /** Reads on, from the opening brace; done with the closing one. */
  Step step(Input in, CallSink sink) {
    StringBuilder json = new StringBuilder();
    Step step = scan(in, json);
    if (!json.isEmpty()) {
      sink.arguments(json.toString());
    }
    if (step == Step.DONE) {
      sink.end();
    }
    return step;
  }

  /** Reads on, and only collects what is read. */
  Step scan(Input in, StringBuilder json) {
    while (!in.isEmpty()) {
      Status status = scanner.accept(in.peek(), json);
      if (status == Status.BROKEN) {
        return Step.BROKEN;
      }
      in.skip(1);
      if (status == Status.DONE) {
        return Step.DONE;
      }
    }
    return Step.WAIT;
  }
}
