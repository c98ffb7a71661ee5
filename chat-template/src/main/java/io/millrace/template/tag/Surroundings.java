package io.millrace.template.tag;

import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;

/** What the tag that is being parsed stands in. */
final class Surroundings {
  private final Set<String> blocks = new HashSet<>();
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

  /** Parses what runs only if something holds. */
  <T> T conditional(Supplier<T> parse) {
    return in(true, breakable, withinLoop, parse);
  }

  /** Parses the body of a loop. */
  <T> T loop(Supplier<T> parse) {
    return in(false, true, true, parse);
  }

  /** Parses a block that has variables of its own. */
  <T> T scoped(Supplier<T> parse) {
    return in(false, breakable, withinLoop, parse);
  }

  /** Parses a block that runs apart from where it stands: a function's body. */
  <T> T function(Supplier<T> parse) {
    return in(false, false, withinLoop, parse);
  }

  private <T> T in(boolean isConditional, boolean isBreakable, boolean inLoop, Supplier<T> parse) {
    boolean conditionalBefore = conditional;
    boolean breakableBefore = breakable;
    boolean withinLoopBefore = withinLoop;
    conditional = isConditional;
    breakable = isBreakable;
    withinLoop = inLoop;
    T parsed = parse.get();
    conditional = conditionalBefore;
    breakable = breakableBefore;
    withinLoop = withinLoopBefore;
    return parsed;
  }
}
