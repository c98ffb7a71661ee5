package io.millrace.template.tag;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The context of the tag that is being parsed: the loops, conditions and scopes around it. */
final class TagContext {
  private final Set<String> blocks = new HashSet<>();
  private final List<Frame> frames = new ArrayList<>();
  private Frame frame = inner(null);
  private boolean conditional;
  private boolean breakable;
  private boolean withinLoop;

  /** Whether it may never run, so that unknown filters are no error yet. */
  boolean isConditional() {
    return conditional;
  }

  /** Whether {@code break} and {@code continue} have a loop to act on. */
  boolean isBreakable() {
    return breakable;
  }

  /** Whether the name {@code loop} is taken. */
  boolean isWithinLoop() {
    return withinLoop;
  }

  /** Whether no block of that name was seen before. */
  boolean addBlock(String name) {
    return blocks.add(name);
  }

  /** The names of the scope that is being parsed. */
  Frame frame() {
    return frame;
  }

  /** To be called at the end of the template. */
  void seal() {
    frames.forEach(Frame::seal);
  }

  /** Parses what runs only if something holds. */
  <T> T conditional(Supplier<T> parse) {
    return in(frame, true, breakable, withinLoop, parse);
  }

  /** Parses the body of a loop. */
  <T> T loop(Supplier<T> parse) {
    return in(inner(frame), false, true, true, parse);
  }

  /** Parses a block that has variables of its own. */
  <T> T scoped(Supplier<T> parse) {
    return in(inner(frame), false, breakable, withinLoop, parse);
  }

  /** Parses a block that runs apart from where it stands: a function's body. */
  <T> T function(Supplier<T> parse) {
    return function(inner(), parse);
  }

  /** Parses a part of a function, whose names are in that frame. */
  <T> T function(Frame ofFunction, Supplier<T> parse) {
    return in(ofFunction, false, false, withinLoop, parse);
  }

  /** Parses a function's body that sees the template's variables only. */
  <T> T detached(Supplier<T> parse) {
    return in(inner(null), false, false, withinLoop, parse);
  }

  /** A new frame within the current one. */
  Frame inner() {
    return inner(frame);
  }

  private Frame inner(@Nullable Frame parent) {
    Frame inner = new Frame(parent);
    frames.add(inner);
    return inner;
  }

  private <T> T in(
      Frame within, boolean isConditional, boolean isBreakable, boolean inLoop, Supplier<T> parse) {
    Frame frameBefore = frame;
    boolean conditionalBefore = conditional;
    boolean breakableBefore = breakable;
    boolean withinLoopBefore = withinLoop;
    frame = within;
    conditional = isConditional;
    breakable = isBreakable;
    withinLoop = inLoop;
    T parsed = parse.get();
    frame = frameBefore;
    conditional = conditionalBefore;
    breakable = breakableBefore;
    withinLoop = withinLoopBefore;
    return parsed;
  }
}
