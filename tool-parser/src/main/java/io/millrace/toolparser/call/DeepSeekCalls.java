package io.millrace.toolparser.call;

import io.millrace.toolparser.call.Input.Match;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Calls of DeepSeek's models, each between a pair of words. V3 and R1 write {@code
 * function<sep>name} and the arguments as fenced JSON, V3.1 writes {@code name<sep>} and the
 * arguments.
 */
public final class DeepSeekCalls implements CallReader {
  /** Begins all calls of an answer. */
  public static final String CALLS_BEGIN = "<｜tool▁calls▁begin｜>";

  /** Ends all calls of an answer. */
  public static final String CALLS_END = "<｜tool▁calls▁end｜>";

  /** Begins one call. */
  public static final String CALL_BEGIN = "<｜tool▁call▁begin｜>";

  /** Ends one call. */
  public static final String CALL_END = "<｜tool▁call▁end｜>";

  /** Stands between the parts of a call. */
  public static final String SEPARATOR = "<｜tool▁sep｜>";

  private static final String FENCE = "```";
  private static final String JSON_FENCE = "```json";

  private enum State {
    BETWEEN,
    KIND,
    NAME,
    OPEN,
    ARGUMENTS,
    AFTER
  }

  private final StringBuilder kind = new StringBuilder();
  private final StringBuilder name = new StringBuilder();
  private @Nullable ArgumentsObject arguments;
  private State state;
  private boolean found;

  private DeepSeekCalls(State state) {
    this.state = state;
  }

  /** A reader of what follows {@link #CALLS_BEGIN}. */
  public static DeepSeekCalls all() {
    return new DeepSeekCalls(State.BETWEEN);
  }

  /** A reader of what follows {@link #CALL_BEGIN}, where the model has left out the other. */
  public static DeepSeekCalls one() {
    return new DeepSeekCalls(State.KIND);
  }

  @Override
  public Step step(Input in, CallSink sink) {
    return switch (state) {
      case BETWEEN -> between(in, sink);
      case KIND -> kind(in);
      case NAME -> name(in);
      case OPEN -> open(in, sink);
      case ARGUMENTS -> arguments(in, sink);
      case AFTER -> after(in, sink);
    };
  }

  private Step between(Input in, CallSink sink) {
    in.skipSpace();
    if (in.isEmpty()) {
      return in.hasEnded() && found ? Step.DONE : Step.WAIT;
    }
    Match begin = in.take(CALL_BEGIN);
    if (begin == Match.FULL) {
      state = State.KIND;
      kind.setLength(0);
      name.setLength(0);
      return Step.NEXT;
    }
    Match end = found ? in.takeLast(CALLS_END) : Match.NONE;
    if (end == Match.FULL) {
      sink.settle();
      return Step.DONE;
    }
    boolean undecided = begin == Match.PARTIAL || end == Match.PARTIAL;
    return undecided ? Step.WAIT : found ? Step.DONE : Step.BROKEN;
  }

  private Step kind(Input in) {
    if (!Names.readUntil(SEPARATOR.charAt(0), in, kind)) {
      return Step.BROKEN;
    }
    Match separator = in.take(SEPARATOR);
    if (separator == Match.FULL) {
      state = State.NAME;
    }
    return taken(separator);
  }

  /** What follows the separator: the name of V3, or already the arguments of V3.1. */
  private Step name(Input in) {
    if (!Names.read(in, name)) {
      return Step.BROKEN;
    }
    if (in.isEmpty()) {
      return Step.WAIT;
    }
    if (name.isEmpty()) {
      name.append(kind.toString().strip());
    }
    state = State.OPEN;
    return name.isEmpty() ? Step.BROKEN : Step.NEXT;
  }

  private Step open(Input in, CallSink sink) {
    in.skipSpace();
    if (in.isEmpty()) {
      return Step.WAIT;
    }
    Match object = ArgumentsObject.begins(in);
    if (object == Match.FULL) {
      sink.begin(name.toString());
      arguments = ArgumentsObject.at(in);
      state = State.ARGUMENTS;
      return Step.NEXT;
    }
    return object == Match.PARTIAL ? Step.WAIT : taken(in.take(JSON_FENCE));
  }

  private static Step taken(Match match) {
    return match == Match.FULL ? Step.NEXT : match == Match.PARTIAL ? Step.WAIT : Step.BROKEN;
  }

  private Step arguments(Input in, CallSink sink) {
    Step step = Objects.requireNonNull(arguments).step(in, sink);
    if (step != Step.DONE) {
      return step;
    }
    found = true;
    state = State.AFTER;
    return Step.NEXT;
  }

  private Step after(Input in, CallSink sink) {
    in.skipSpace();
    if (in.isEmpty()) {
      return in.hasEnded() ? Step.DONE : Step.WAIT;
    }
    if (in.peek() == '`') {
      Match fence = in.takeLast(FENCE);
      if (fence == Match.FULL) {
        sink.settle();
      }
      return fence == Match.NONE ? Step.DONE : taken(fence);
    }
    Match end = in.takeLast(CALL_END);
    if (end == Match.PARTIAL) {
      return Step.WAIT;
    }
    if (end == Match.FULL) {
      sink.settle();
    }
    state = State.BETWEEN;
    return Step.NEXT;
  }
}
