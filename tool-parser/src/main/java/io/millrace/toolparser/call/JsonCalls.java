package io.millrace.toolparser.call;

import io.millrace.toolparser.call.Input.Match;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Calls as JSON: an object, several one after another, or a list of them, up to a closing word if
 * the notation has one. A fence of Markdown around them is no part of them.
 */
public final class JsonCalls implements CallReader {
  private static final String FENCE = "```";
  private static final String JSON_FENCE = "```json";

  private enum State {
    START,
    FIRST,
    ITEM,
    OBJECT,
    NEXT,
    END
  }

  private final @Nullable String closer;
  private final Predicate<String> allowed;
  private final boolean strict;
  private CallObject object;
  private State state = State.START;
  private boolean isList;
  private boolean isFenced;

  private JsonCalls(@Nullable String closer, Predicate<String> allowed, boolean strict) {
    this.closer = closer;
    this.allowed = allowed;
    this.strict = strict;
    this.object = new CallObject(allowed, strict);
  }

  /** Calls up to a closing word, to any function. */
  public static JsonCalls until(String closer) {
    return new JsonCalls(closer, name -> true, false);
  }

  /** Calls that end where their JSON ends, to any function. */
  public static JsonCalls open() {
    return new JsonCalls(null, name -> true, false);
  }

  /** Calls that no word announces: only objects that can be nothing else. */
  public static JsonCalls bare(Predicate<String> allowed) {
    return new JsonCalls(null, allowed, true);
  }

  @Override
  public Step step(Input in, CallSink sink) {
    if (state == State.OBJECT) {
      return object(in, sink);
    }
    in.skipSpace();
    if (in.isEmpty()) {
      return state == State.END && in.hasEnded() ? Step.DONE : Step.WAIT;
    }
    return switch (state) {
      case START -> start(in, sink);
      case FIRST, ITEM -> item(in, sink);
      case NEXT -> next(in, sink);
      default -> end(in, sink);
    };
  }

  private Step start(Input in, CallSink sink) {
    if (in.peek() == '[') {
      isList = true;
      in.skip(1);
      return then(State.FIRST);
    }
    if (in.peek() == '`' && !isFenced) {
      Match fence = in.take(JSON_FENCE);
      isFenced = fence == Match.FULL;
      return fence == Match.FULL ? Step.NEXT : fence == Match.PARTIAL ? Step.WAIT : Step.BROKEN;
    }
    return item(in, sink);
  }

  private Step then(State next) {
    state = next;
    return Step.NEXT;
  }

  private Step item(Input in, CallSink sink) {
    if (in.peek() == ']' && state == State.ITEM) {
      return closeList(in, sink);
    }
    object = new CallObject(allowed, strict);
    return in.peek() == '{' ? then(State.OBJECT) : Step.BROKEN;
  }

  private Step object(Input in, CallSink sink) {
    Step step = object.step(in, sink);
    return step == Step.DONE ? then(isList ? State.NEXT : State.END) : step;
  }

  private Step next(Input in, CallSink sink) {
    if (in.peek() == ']') {
      return closeList(in, sink);
    }
    if (in.peek() != ',') {
      return Step.BROKEN;
    }
    in.skip(1);
    return then(State.ITEM);
  }

  private Step closeList(Input in, CallSink sink) {
    in.skip(1);
    sink.settle();
    return then(State.END);
  }

  /** After the calls: the closing word, or what models put there by mistake. */
  private Step end(Input in, CallSink sink) {
    Match last = closer == null ? Match.NONE : in.takeLast(closer);
    Match fence = isFenced && last == Match.NONE ? in.takeLast(FENCE) : Match.NONE;
    if (last == Match.PARTIAL || fence == Match.PARTIAL) {
      return Step.WAIT;
    }
    if (last == Match.FULL || fence == Match.FULL) {
      isFenced = false;
      sink.settle();
      return last == Match.FULL ? Step.DONE : Step.NEXT;
    }
    char c = in.peek();
    if (c == '{' || (c == ';' && strict)) {
      return another(in, c);
    }
    if (closer == null || (c != '}' && c != ']')) {
      return Step.DONE;
    }
    in.skip(1);
    sink.settle();
    return Step.NEXT;
  }

  private Step another(Input in, char c) {
    if (c == ';') {
      in.skip(1);
    }
    isList = false;
    return then(State.START);
  }
}
