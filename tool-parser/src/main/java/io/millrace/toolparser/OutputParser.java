package io.millrace.toolparser;

import io.millrace.toolparser.call.CallReader;
import io.millrace.toolparser.call.CallReader.Step;
import io.millrace.toolparser.call.CallSink;
import io.millrace.toolparser.call.Input;
import io.millrace.toolparser.call.Input.Match;
import io.millrace.toolparser.json.JsonText;
import io.millrace.toolparser.schema.ToolSchemas;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Turns the text of one answer, as it comes, into typed pieces. However the text is cut, the joined
 * pieces are the same.
 *
 * <p>No text is lost: what looks like a call and is none comes back as content. A call is told once
 * its name is known and its arguments have begun; if it turns out to be malformed after that, it
 * ends there, incomplete, and the rest of it is content. Text that may be the beginning of a tag
 * waits until that is decided, at the latest by {@link #finish}. Only tags and white space around
 * calls and reasoning are dropped, and labels such as ids that a model gives its calls.
 *
 * <p>Not thread-safe.
 */
public final class OutputParser {
  /** How many characters of what may be a call wait for its name. */
  private static final int MAX_HELD = 1 << 20;

  private final @Nullable ToolCallFormat format;
  private final @Nullable ReasoningTags tags;
  private final List<String> triggers;
  private final List<String> hidden;
  private final String tagStarts;
  private final ToolSchemas tools;
  private final Input input = new Input();
  private final PieceBuffer pieces;
  private final CallSink sink = new Sink();
  private @Nullable CallReader reader;
  private String trigger = "";
  private int triggerPlace;
  private int settled;
  private boolean reasoning;
  private boolean atStart = true;

  /**
   * @param tools what the model was told of; notations that no tag announces are calls only of
   *     these
   * @param reasoningIsOpen whether the prompt has begun the reasoning ({@link
   *     ReasoningTags#isOpenAfter})
   */
  public OutputParser(
      OutputFormat format, ToolSchemas tools, CallIds ids, boolean reasoningIsOpen) {
    this.format = format.toolCalls();
    this.tags = format.reasoning();
    this.triggers = this.format == null ? List.of() : this.format.triggers();
    this.hidden = format.hiddenTags();
    this.tagStarts =
        format.markers().stream().map(tag -> tag.substring(0, 1)).collect(Collectors.joining());
    this.tools = tools;
    this.pieces = new PieceBuffer(ids);
    if (reasoningIsOpen && tags != null) {
      beginReasoning();
    }
  }

  /** Takes the next text of the answer, and gives what is certain now. */
  public List<OutputPiece> append(String text) {
    input.append(text);
    run();
    if (reader == null) {
      settled = input.place();
      triggerPlace = settled;
    }
    int dropped = input.forget(settled);
    settled -= dropped;
    triggerPlace -= dropped;
    return pieces.take();
  }

  /** Says that the answer is complete, and gives what has waited. */
  public List<OutputPiece> finish() {
    input.end();
    run();
    return pieces.finish();
  }

  /** Whether the text that is read by now ends within the reasoning. */
  public boolean isReasoning() {
    return reasoning;
  }

  private void run() {
    Step step = Step.NEXT;
    while (step == Step.NEXT) {
      step = reader == null ? scan() : read(reader);
    }
  }

  private Step read(CallReader current) {
    Step step = current.step(input, sink);
    boolean stuck = step == Step.WAIT && (input.hasEnded() || isHeldTooLong());
    if (step == Step.DONE || step == Step.BROKEN || stuck) {
      leaveCalls();
      return Step.NEXT;
    }
    return step;
  }

  private boolean isHeldTooLong() {
    return input.place() - settled > MAX_HELD;
  }

  /** Goes on with what belongs to no call, in the state in which the calls began if none did. */
  private void leaveCalls() {
    reader = null;
    if (pieces.callIsOpen()) {
      pieces.endCall(false);
    }
    input.rewind(settled);
    if (settled == triggerPlace) {
      takeText(Math.max(1, trigger.length()));
    }
  }

  private Step scan() {
    if (input.isEmpty()) {
      return Step.WAIT;
    }
    Match match = mayBeTag() ? tag() : Match.NONE;
    if (match == Match.FULL) {
      return Step.NEXT;
    }
    if (match == Match.PARTIAL && !input.hasEnded()) {
      return Step.WAIT;
    }
    if (!reasoning && isBareCall(input.peek())) {
      enter("");
    } else {
      takeText(1);
    }
    return Step.NEXT;
  }

  /** Most characters begin no tag. */
  private boolean mayBeTag() {
    return tagStarts.indexOf(input.peek()) >= 0;
  }

  private Match tag() {
    return reasoning ? reasoningTag() : contentTag();
  }

  private void takeText(int length) {
    for (int i = 0; i < length; i++) {
      char c = input.next();
      atStart &= reasoning || JsonText.isSpace(c);
      pieces.add(c);
    }
  }

  private Match reasoningTag() {
    String end = tags == null ? "" : tags.end();
    Match match = input.match(end);
    if (match == Match.FULL) {
      input.skip(end.length());
      reasoning = false;
      pieces.endReasoning();
    }
    return match == Match.FULL ? match : or(match, callTag());
  }

  private Match contentTag() {
    Match start = tags == null || !atStart ? Match.NONE : input.match(tags.start());
    if (start == Match.FULL && tags != null) {
      input.skip(tags.start().length());
      beginReasoning();
      return start;
    }
    String tag = firstOf(hidden.stream());
    if (tag != null) {
      input.skip(tag.length());
      return Match.FULL;
    }
    Match waiting = hidden.stream().map(input::match).reduce(start, OutputParser::or);
    return or(waiting, callTag());
  }

  private Match callTag() {
    String found = firstOf(triggers.stream());
    if (found != null) {
      enter(found);
      return Match.FULL;
    }
    return triggers.stream().map(input::match).reduce(Match.NONE, OutputParser::or);
  }

  private @Nullable String firstOf(Stream<String> words) {
    return words.filter(word -> input.match(word) == Match.FULL).findFirst().orElse(null);
  }

  /** What two comparisons together say. */
  private static Match or(Match one, Match other) {
    return one == Match.FULL || other == Match.NONE
        ? one
        : other == Match.FULL ? other : Match.PARTIAL;
  }

  private boolean isBareCall(char c) {
    return atStart && format != null && format.bare().mayBeginWith(c);
  }

  private void beginReasoning() {
    reasoning = true;
    pieces.beginReasoning();
  }

  private void enter(String found) {
    ToolCallFormat entered = format;
    if (entered == null) {
      return;
    }
    trigger = found;
    triggerPlace = input.place();
    settled = triggerPlace;
    input.skip(found.length());
    reader = entered.reader(found, tools);
  }

  /** Tells pieces, and remembers how far the text is told. */
  private final class Sink implements CallSink {
    @Override
    public void begin(String name) {
      reasoning = false;
      atStart = false;
      pieces.beginCall(name);
      settle();
    }

    @Override
    public void arguments(String json) {
      arguments(json, input.place());
    }

    @Override
    public void arguments(String json, int place) {
      pieces.addArguments(json);
      settled = place;
    }

    @Override
    public void end() {
      pieces.endCall(true);
      settle();
    }

    @Override
    public void settle() {
      settled = input.place();
    }
  }
}
