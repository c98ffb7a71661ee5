package io.millrace.toolparser.call;

import io.millrace.toolparser.call.Input.Match;
import io.millrace.toolparser.json.JsonText;
import io.millrace.toolparser.json.LiteralScanner.Status;
import io.millrace.toolparser.json.PythonScanner;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Calls as Python writes them, with arguments by name: {@code [weather(city="Oslo"), now()]}.
 * Literals become JSON while they are read.
 */
public final class PythonicCalls implements CallReader {
  /** What Llama 3.1 puts after the name of a built-in tool. */
  private static final String METHOD = ".call";

  private enum State {
    START,
    NAME,
    OPEN,
    KEY,
    EQUALS,
    VALUE,
    NEXT_KEY,
    NEXT_CALL,
    END
  }

  private final @Nullable String closer;
  private final Predicate<String> allowed;
  private final StringBuilder name = new StringBuilder();
  private final StringBuilder key = new StringBuilder();
  private PythonScanner scanner = new PythonScanner();
  private State state = State.START;
  private String before = "";
  private boolean isList;
  private boolean begun;

  private PythonicCalls(@Nullable String closer, Predicate<String> allowed) {
    this.closer = closer;
    this.allowed = allowed;
  }

  /** Calls, in a list or alone, up to a closing word. */
  public static PythonicCalls until(String closer) {
    return new PythonicCalls(closer, name -> true);
  }

  /** Calls that end where their list, or the only one, ends. */
  public static PythonicCalls bare(Predicate<String> allowed) {
    return new PythonicCalls(null, allowed);
  }

  @Override
  public Step step(Input in, CallSink sink) {
    if (state == State.VALUE) {
      return value(in, sink);
    }
    if (!isWithinWord()) {
      in.skipSpace();
    }
    if (in.isEmpty()) {
      return state == State.END && in.hasEnded() ? Step.DONE : Step.WAIT;
    }
    return switch (state) {
      case START -> start(in);
      case NAME -> name(in);
      case OPEN -> in.peek() == '(' ? open(in) : Step.BROKEN;
      case KEY -> key.isEmpty() && in.peek() == ')' ? close(in, sink) : key(in);
      case EQUALS -> equalsSign(in);
      case NEXT_KEY -> nextKey(in, sink);
      case NEXT_CALL -> nextCall(in, sink);
      default -> end(in, sink);
    };
  }

  /** White space ends a name that has begun. */
  private boolean isWithinWord() {
    return (state == State.NAME && !name.isEmpty()) || (state == State.KEY && !key.isEmpty());
  }

  private Step then(State next) {
    state = next;
    return Step.NEXT;
  }

  private Step take(Input in, State next) {
    in.skip(1);
    return then(next);
  }

  private Step start(Input in) {
    isList = in.peek() == '[';
    return isList ? take(in, State.NAME) : then(State.NAME);
  }

  private Step name(Input in) {
    if (!Names.read(in, name) || name.isEmpty()) {
      return Step.BROKEN;
    }
    return in.isEmpty() ? Step.WAIT : then(State.OPEN);
  }

  private Step open(Input in) {
    if (!isList && name.toString().endsWith(METHOD)) {
      name.setLength(name.length() - METHOD.length());
    }
    begun = false;
    before = "{";
    return allowed.test(name.toString()) ? take(in, State.KEY) : Step.BROKEN;
  }

  private Step key(Input in) {
    if (!Names.read(in, key) || key.isEmpty()) {
      return Step.BROKEN;
    }
    return in.isEmpty() ? Step.WAIT : then(State.EQUALS);
  }

  private Step equalsSign(Input in) {
    if (in.peek() != '=') {
      return Step.BROKEN;
    }
    before += JsonText.quote(key.toString()) + ": ";
    key.setLength(0);
    scanner = new PythonScanner();
    return take(in, State.VALUE);
  }

  private Step value(Input in, CallSink sink) {
    StringBuilder json = new StringBuilder();
    ScannedInput told = new ScannedInput();
    Status status = told.read(scanner, in, json);
    if (!json.isEmpty()) {
      tell(json.toString(), told.place(), sink);
    }
    if (status == Status.OPEN) {
      return Step.WAIT;
    }
    return status == Status.BROKEN ? Step.BROKEN : then(State.NEXT_KEY);
  }

  private void tell(String json, int place, CallSink sink) {
    if (!begun) {
      sink.begin(name.toString());
      begun = true;
    }
    sink.arguments(before + json, place);
    before = "";
  }

  private Step nextKey(Input in, CallSink sink) {
    if (in.peek() == ')') {
      return close(in, sink);
    }
    before = ", ";
    return in.peek() == ',' ? take(in, State.KEY) : Step.BROKEN;
  }

  private Step close(Input in, CallSink sink) {
    in.skip(1);
    before = begun ? "" : "{";
    tell("}", in.place(), sink);
    sink.end();
    name.setLength(0);
    return then(isList ? State.NEXT_CALL : State.END);
  }

  private Step nextCall(Input in, CallSink sink) {
    char c = in.peek();
    if (c == ',' || c == ';') {
      return take(in, State.NAME);
    }
    if (c != ']') {
      return Step.BROKEN;
    }
    in.skip(1);
    sink.settle();
    return then(State.END);
  }

  private Step end(Input in, CallSink sink) {
    Match match = closer == null ? Match.NONE : in.takeLast(closer);
    if (match == Match.FULL) {
      sink.settle();
    }
    return match == Match.PARTIAL ? Step.WAIT : Step.DONE;
  }
}
