package io.millrace.toolparser.call;

import io.millrace.toolparser.call.Input.Match;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A call of Mistral's newer models: the function's name, {@code [ARGS]}, a JSON object. */
public final class MistralCalls implements CallReader {
  private static final String ARGS = "[ARGS]";
  private static final String CALL_ID = "[CALL_ID]";

  private enum State {
    NAME,
    AFTER_NAME,
    ID,
    OPEN,
    ARGUMENTS
  }

  private final StringBuilder name = new StringBuilder();
  private final StringBuilder id = new StringBuilder();
  private @Nullable ArgumentsObject arguments;
  private State state = State.NAME;

  private MistralCalls() {}

  /** A reader of either form: a list of objects, or a name and its arguments. */
  public static CallReader eitherForm() {
    return new ChosenReader("[{", JsonCalls.open(), new MistralCalls());
  }

  @Override
  public Step step(Input in, CallSink sink) {
    return switch (state) {
      case NAME -> word(in, name, State.AFTER_NAME);
      case ID -> word(in, id, State.OPEN);
      case AFTER_NAME, OPEN -> marker(in, sink);
      case ARGUMENTS -> Objects.requireNonNull(arguments).step(in, sink);
    };
  }

  private Step word(Input in, StringBuilder word, State next) {
    if (!Names.read(in, word)) {
      return Step.BROKEN;
    }
    if (in.isEmpty()) {
      return Step.WAIT;
    }
    state = next;
    return word.isEmpty() ? Step.BROKEN : Step.NEXT;
  }

  /** What may stand between name and arguments; models leave some of it out. */
  private Step marker(Input in, CallSink sink) {
    in.skipSpace();
    if (in.isEmpty()) {
      return Step.WAIT;
    }
    Match object = ArgumentsObject.begins(in);
    if (object == Match.FULL) {
      arguments = ArgumentsObject.at(in);
      sink.begin(name.toString());
      state = State.ARGUMENTS;
      return Step.NEXT;
    }
    Match args = in.take(ARGS);
    if (args == Match.FULL) {
      state = State.OPEN;
      return Step.NEXT;
    }
    Match callId = state == State.AFTER_NAME ? in.take(CALL_ID) : Match.NONE;
    if (callId == Match.FULL) {
      state = State.ID;
      return Step.NEXT;
    }
    boolean undecided = object == Match.PARTIAL || args == Match.PARTIAL || callId == Match.PARTIAL;
    return undecided ? Step.WAIT : Step.BROKEN;
  }
}
