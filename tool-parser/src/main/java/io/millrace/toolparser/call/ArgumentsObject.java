package io.millrace.toolparser.call;

import io.millrace.toolparser.call.CallReader.Step;
import io.millrace.toolparser.json.JsonScanner;
import io.millrace.toolparser.json.LiteralScanner.Status;

/** The arguments of a call as a JSON object, told while they are read. */
final class ArgumentsObject {
  private final JsonScanner scanner = new JsonScanner();
  private final ScannedInput told = new ScannedInput();

  /** Reads on, from the opening brace; done with the closing one. */
  Step step(Input in, CallSink sink) {
    StringBuilder json = new StringBuilder();
    Status status = told.read(scanner, in, json);
    if (!json.isEmpty()) {
      sink.arguments(json.toString(), told.place());
    }
    if (status == Status.DONE) {
      sink.end();
    }
    return stepOf(status);
  }

  /** Reads on, and only collects what is read. */
  Step collect(Input in, StringBuilder json) {
    return stepOf(told.read(scanner, in, json));
  }

  private static Step stepOf(Status status) {
    return status == Status.OPEN ? Step.WAIT : status == Status.DONE ? Step.DONE : Step.BROKEN;
  }
}
