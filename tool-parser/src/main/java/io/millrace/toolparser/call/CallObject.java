package io.millrace.toolparser.call;

import io.millrace.toolparser.call.CallReader.Step;
import io.millrace.toolparser.call.Input.Match;
import io.millrace.toolparser.json.JsonScanner;
import io.millrace.toolparser.json.JsonText;
import io.millrace.toolparser.json.LiteralScanner.Status;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A call as a JSON object: the function's name and its arguments, in any order and under any of the
 * names that models use, also within an object {@code function}. Arguments may be an object, such
 * an object written as a string, {@code null} or missing.
 */
final class CallObject {
  private static final String FUNCTION = "function";
  private static final Set<String> NAMES = Set.of("name", "tool_name", FUNCTION);
  private static final Set<String> ARGUMENTS = Set.of("arguments", "parameters");
  private static final Set<String> LABELS = Set.of("id", "type", "tool_call_id", "call_id");

  private enum State {
    OPEN,
    FIRST_KEY,
    KEY,
    KEY_TEXT,
    COLON,
    VALUE,
    NAME,
    ARGUMENTS,
    TEXT,
    OTHER,
    COMMA
  }

  private final Predicate<String> allowed;
  private final boolean strict;
  private final StringBuilder raw = new StringBuilder();
  private State state = State.OPEN;
  private JsonScanner scanner = new JsonScanner();
  private @Nullable ArgumentsObject object;
  private String key = "";
  private @Nullable String name;
  private @Nullable String early;
  private boolean hasArguments;
  private boolean told;
  private int depth;

  /**
   * @param allowed the functions that may be called
   * @param strict whether an object with further members is no call
   */
  CallObject(Predicate<String> allowed, boolean strict) {
    this.allowed = allowed;
    this.strict = strict;
  }

  /** Reads on; done with the closing brace. */
  Step step(Input in, CallSink sink) {
    if (state == State.ARGUMENTS) {
      return arguments(in, sink);
    }
    if (state == State.KEY_TEXT
        || state == State.NAME
        || state == State.TEXT
        || state == State.OTHER) {
      return scan(in, sink);
    }
    in.skipSpace();
    if (in.isEmpty()) {
      return Step.WAIT;
    }
    char c = in.peek();
    return switch (state) {
      case OPEN -> take(in, c == '{', State.FIRST_KEY);
      case FIRST_KEY -> c == '}' ? close(in, sink) : key(c);
      case KEY -> key(c);
      case COLON -> take(in, c == ':', State.VALUE);
      case VALUE -> value(in, c, sink);
      default -> c == '}' ? close(in, sink) : take(in, c == ',', State.KEY);
    };
  }

  private Step take(Input in, boolean expected, State then) {
    if (!expected) {
      return Step.BROKEN;
    }
    in.skip(1);
    state = then;
    return Step.NEXT;
  }

  private Step key(char c) {
    return c == '"' ? scanAs(State.KEY_TEXT) : Step.BROKEN;
  }

  private Step scanAs(State kind) {
    state = kind;
    scanner = new JsonScanner();
    raw.setLength(0);
    return Step.NEXT;
  }

  private Step value(Input in, char c, CallSink sink) {
    if (ARGUMENTS.contains(key)) {
      return argumentsValue(in, c, sink);
    }
    if (key.equals(FUNCTION) && c == '{') {
      depth++;
      return take(in, true, State.FIRST_KEY);
    }
    if (NAMES.contains(key)) {
      return c == '"' && name == null ? scanAs(State.NAME) : Step.BROKEN;
    }
    return strict && !LABELS.contains(key) ? Step.BROKEN : scanAs(State.OTHER);
  }

  private Step argumentsValue(Input in, char c, CallSink sink) {
    if (hasArguments) {
      return Step.BROKEN;
    }
    if (c == '{') {
      Match begins = ArgumentsObject.begins(in);
      if (begins != Match.FULL) {
        return begins == Match.PARTIAL ? Step.WAIT : Step.BROKEN;
      }
      object = ArgumentsObject.at(in);
      hasArguments = true;
      if (name != null) {
        sink.begin(name);
        told = true;
      }
      state = State.ARGUMENTS;
      raw.setLength(0);
      return Step.NEXT;
    }
    if (c == 'n') {
      return scanAs(State.OTHER);
    }
    hasArguments = true;
    return c == '"' ? scanAs(State.TEXT) : Step.BROKEN;
  }

  private Step arguments(Input in, CallSink sink) {
    ArgumentsObject current = Objects.requireNonNull(object);
    Step step = told ? current.step(in, sink) : current.collect(in, raw);
    if (step != Step.DONE) {
      return step;
    }
    if (!told) {
      early = raw.toString();
    }
    state = State.COMMA;
    return Step.NEXT;
  }

  private Step scan(Input in, CallSink sink) {
    Status status = new ScannedInput().read(scanner, in, raw);
    return switch (status) {
      case OPEN -> Step.WAIT;
      case BROKEN -> Step.BROKEN;
      case DONE, DONE_BEFORE -> scanned(sink);
    };
  }

  private Step scanned(CallSink sink) {
    State kind = state;
    state = State.COMMA;
    if (kind == State.OTHER) {
      return ARGUMENTS.contains(key) && !raw.toString().equals("null") ? Step.BROKEN : Step.NEXT;
    }
    String text = JsonText.unquote(raw.toString());
    if (kind == State.KEY_TEXT) {
      key = text;
      state = State.COLON;
      return Step.NEXT;
    }
    return kind == State.NAME ? named(text, sink) : quoted(text, sink);
  }

  private Step named(String text, CallSink sink) {
    if (text.isBlank() || text.length() > Names.MAX_LENGTH || !allowed.test(text)) {
      return Step.BROKEN;
    }
    name = text;
    tell(sink);
    return Step.NEXT;
  }

  private Step quoted(String text, CallSink sink) {
    String json = text.isBlank() ? "{}" : JsonScanner.repaired(text);
    if (json == null || !json.startsWith("{")) {
      return Step.BROKEN;
    }
    early = json;
    tell(sink);
    return Step.NEXT;
  }

  /** Tells a call whose arguments are known as a whole, once its name is. */
  private void tell(CallSink sink) {
    if (!told && name != null && early != null) {
      sink.call(name, early);
      told = true;
    }
  }

  private Step close(Input in, CallSink sink) {
    if (depth > 0) {
      depth--;
      return take(in, true, State.COMMA);
    }
    if (name == null) {
      return Step.BROKEN;
    }
    in.skip(1);
    early = early == null ? "{}" : early;
    tell(sink);
    sink.settle();
    return Step.DONE;
  }
}
