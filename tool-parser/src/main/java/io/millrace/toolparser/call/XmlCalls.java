package io.millrace.toolparser.call;

import io.millrace.toolparser.call.Input.Match;
import io.millrace.toolparser.json.JsonText;
import io.millrace.toolparser.schema.JsonType;
import io.millrace.toolparser.schema.ToolSchemas;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Calls as Qwen3-Coder writes them: {@code <function=name>}, {@code <parameter=key>} with a value
 * on lines of its own, and closing tags. Values become JSON by the types of the function's schema;
 * a string is told while it is read, anything else at its end. A JSON object in place of the
 * parameters is taken as it is.
 */
public final class XmlCalls implements CallReader {
  /** Begins one call. */
  public static final String FUNCTION = "<function=";

  private static final String FUNCTION_END = "</function>";
  private static final String PARAMETER = "<parameter=";
  private static final String PARAMETER_END = "</parameter>";

  private static final int NO_END = -1;
  private static final int UNDECIDED = -2;

  private enum State {
    START,
    NAME,
    BODY,
    KEY,
    LINE,
    VALUE,
    JSON,
    END
  }

  private final String closer;
  private final ToolSchemas tools;
  private final boolean bare;
  private final StringBuilder name = new StringBuilder();
  private final StringBuilder key = new StringBuilder();
  private final StringBuilder value = new StringBuilder();
  private State state;
  private @Nullable ArgumentsObject object;
  private Set<JsonType> types = Set.of();
  private boolean begun;
  private boolean empty;
  private boolean quoted;
  private boolean told;

  private XmlCalls(State state, String closer, ToolSchemas tools, boolean bare) {
    this.state = state;
    this.closer = closer;
    this.tools = tools;
    this.bare = bare;
  }

  /**
   * A reader of what follows the tag around a call.
   *
   * @param closer the tag that ends it
   */
  public static XmlCalls within(String closer, ToolSchemas tools) {
    return new XmlCalls(State.START, closer, tools, false);
  }

  /** A reader of what follows {@link #FUNCTION}, where the model has left out the tag around. */
  public static XmlCalls bare(String closer, ToolSchemas tools) {
    return new XmlCalls(State.NAME, closer, tools, true);
  }

  @Override
  public Step step(Input in, CallSink sink) {
    return switch (state) {
      case START -> start(in);
      case NAME -> name(in);
      case BODY -> body(in, sink);
      case KEY -> key(in);
      case LINE -> line(in);
      case VALUE -> value(in, sink);
      case JSON -> json(in, sink);
      case END -> end(in, sink);
    };
  }

  private Step then(State next) {
    state = next;
    return Step.NEXT;
  }

  private Step start(Input in) {
    in.skipSpace();
    Match match = in.take(FUNCTION);
    return match == Match.FULL
        ? then(State.NAME)
        : match == Match.PARTIAL ? Step.WAIT : Step.BROKEN;
  }

  private Step name(Input in) {
    if (!Names.read(in, name) || (!in.isEmpty() && in.peek() != '>')) {
      return Step.BROKEN;
    }
    if (in.isEmpty()) {
      return Step.WAIT;
    }
    in.skip(1);
    begun = false;
    boolean known = !bare || tools.allows(name.toString());
    return known && !name.isEmpty() ? then(State.BODY) : Step.BROKEN;
  }

  private Step body(Input in, CallSink sink) {
    in.skipSpace();
    Match parameter = in.take(PARAMETER);
    if (parameter == Match.FULL) {
      key.setLength(0);
      return then(State.KEY);
    }
    Match json = begun ? Match.NONE : ArgumentsObject.begins(in);
    if (json == Match.FULL) {
      sink.begin(name.toString());
      object = ArgumentsObject.at(in);
      return then(State.JSON);
    }
    Match end = in.take(FUNCTION_END);
    Match outer = begun ? in.match(closer) : Match.NONE;
    if (end == Match.FULL || outer == Match.FULL) {
      begin(sink);
      sink.arguments("}");
      sink.end();
      name.setLength(0);
      return then(State.END);
    }
    boolean undecided =
        parameter == Match.PARTIAL
            || json == Match.PARTIAL
            || end == Match.PARTIAL
            || outer == Match.PARTIAL;
    return undecided ? Step.WAIT : Step.BROKEN;
  }

  /** All arguments as one object, as some models write them in place of parameters. */
  private Step json(Input in, CallSink sink) {
    if (!told) {
      Step step = Objects.requireNonNull(object).step(in, sink);
      told = step == Step.DONE;
      return told ? Step.NEXT : step;
    }
    in.skipSpace();
    if (in.isEmpty() && in.hasEnded()) {
      return Step.DONE;
    }
    Match end = in.takeLast(FUNCTION_END);
    if (end == Match.PARTIAL) {
      return Step.WAIT;
    }
    if (end == Match.FULL) {
      sink.settle();
    }
    told = false;
    name.setLength(0);
    return then(State.END);
  }

  private void begin(CallSink sink) {
    if (!begun) {
      sink.begin(name.toString());
      sink.arguments("{");
      begun = true;
      empty = true;
    }
  }

  private Step key(Input in) {
    if (!Names.readUntil('>', in, key) || (!in.isEmpty() && in.peek() != '>')) {
      return Step.BROKEN;
    }
    if (in.isEmpty()) {
      return Step.WAIT;
    }
    if (key.isEmpty()) {
      return Step.BROKEN;
    }
    in.skip(1);
    types = tools.types(name.toString(), key.toString());
    value.setLength(0);
    quoted = false;
    return then(State.LINE);
  }

  /** The line break after the opening tag is none of the value's. */
  private Step line(Input in) {
    if (in.isEmpty()) {
      return Step.WAIT;
    }
    Match windows = in.take("\r\n");
    if (windows == Match.PARTIAL && !in.hasEnded()) {
      return Step.WAIT;
    }
    if (windows != Match.FULL && in.peek() == '\n') {
      in.skip(1);
    }
    return then(State.VALUE);
  }

  private Step value(Input in, CallSink sink) {
    while (!in.isEmpty()) {
      int end = endOfValue(in);
      if (end >= 0) {
        in.skip(end);
        return closeValue(sink);
      }
      if (end == UNDECIDED) {
        break;
      }
      value.append(in.next());
    }
    tellText(sink);
    return Step.WAIT;
  }

  /** How long the end of a value is that comes next, if one does. */
  private int endOfValue(Input in) {
    char c = in.peek();
    if (c != '<' && c != '\n' && c != '\r') {
      return NO_END;
    }
    int line = in.match("\r\n") == Match.FULL ? 2 : c == '\n' ? 1 : 0;
    if (line == 0 && in.match("\r\n") == Match.PARTIAL) {
      return in.hasEnded() ? NO_END : UNDECIDED;
    }
    Match close = in.match(PARAMETER_END, line);
    Match function = in.match(FUNCTION_END, line);
    if (close == Match.FULL) {
      return followed(in, line + PARAMETER_END.length(), PARAMETER, FUNCTION_END, closer);
    }
    if (function == Match.FULL) {
      int end = followed(in, line + FUNCTION_END.length(), FUNCTION, closer, closer);
      return end >= 0 ? line : end;
    }
    boolean undecided = close == Match.PARTIAL || function == Match.PARTIAL;
    return undecided && !in.hasEnded() ? UNDECIDED : NO_END;
  }

  /** A closing tag within a value is told from its end by what follows it. */
  private static int followed(Input in, int length, String... words) {
    int next = length + in.spaceFrom(length);
    boolean undecided = false;
    for (String word : words) {
      Match match = in.match(word, next);
      if (match == Match.FULL) {
        return length;
      }
      undecided |= match == Match.PARTIAL;
    }
    return !undecided ? NO_END : in.hasEnded() ? length : UNDECIDED;
  }

  private void tellText(CallSink sink) {
    if (!ParameterValue.isText(types) || value.isEmpty()) {
      return;
    }
    begin(sink);
    StringBuilder json = new StringBuilder();
    if (!quoted) {
      json.append(member()).append('"');
      quoted = true;
    }
    value.chars().forEach(c -> JsonText.escape((char) c, json));
    value.setLength(0);
    sink.arguments(json.toString());
  }

  private String member() {
    String member = (empty ? "" : ", ") + JsonText.quote(key.toString()) + ": ";
    empty = false;
    return member;
  }

  private Step closeValue(CallSink sink) {
    tellText(sink);
    if (quoted) {
      sink.arguments("\"");
    } else {
      String json = ParameterValue.toJson(types, value.toString());
      tell(sink, json);
    }
    return then(State.BODY);
  }

  private void tell(CallSink sink, @Nullable String json) {
    if (json != null) {
      begin(sink);
      sink.arguments(member() + json);
    } else if (begun) {
      sink.settle();
    }
  }

  private Step end(Input in, CallSink sink) {
    in.skipSpace();
    if (in.isEmpty()) {
      return in.hasEnded() ? Step.DONE : Step.WAIT;
    }
    Match function = in.take(FUNCTION);
    if (function == Match.FULL) {
      return then(State.NAME);
    }
    Match end = in.takeLast(closer);
    if (end == Match.FULL) {
      sink.settle();
      return Step.DONE;
    }
    boolean undecided = function == Match.PARTIAL || end == Match.PARTIAL;
    return undecided && !in.hasEnded() ? Step.WAIT : Step.DONE;
  }
}
