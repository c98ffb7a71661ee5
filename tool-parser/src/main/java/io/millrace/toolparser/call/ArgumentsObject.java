package io.millrace.toolparser.call;

import io.millrace.toolparser.call.CallReader.Step;
import io.millrace.toolparser.call.Input.Match;
import io.millrace.toolparser.json.JsonScanner;
import io.millrace.toolparser.json.LiteralScanner;
import io.millrace.toolparser.json.LiteralScanner.Status;
import io.millrace.toolparser.json.PythonScanner;

/**
 * The arguments of a call as a JSON object, told while they are read. An object with single quotes,
 * as Python prints it, is told as JSON, too.
 */
final class ArgumentsObject {
  private final LiteralScanner scanner;
  private final ScannedInput told = new ScannedInput();

  private ArgumentsObject(LiteralScanner scanner) {
    this.scanner = scanner;
  }

  /** Whether such an object comes next: a brace, and a key or the other brace. */
  static Match begins(Input in) {
    if (in.match("{") != Match.FULL) {
      return in.match("{");
    }
    int first = 1 + in.spaceFrom(1);
    boolean any = in.match("\"", first) == Match.PARTIAL;
    boolean found = "\"'}".chars().anyMatch(c -> in.match((char) c + "", first) == Match.FULL);
    return any ? Match.PARTIAL : found ? Match.FULL : Match.NONE;
  }

  /** The object that {@link #begins} next. */
  static ArgumentsObject at(Input in) {
    boolean python = in.match("'", 1 + in.spaceFrom(1)) == Match.FULL;
    return new ArgumentsObject(python ? new PythonScanner() : new JsonScanner());
  }

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
