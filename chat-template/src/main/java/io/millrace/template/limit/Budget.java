package io.millrace.template.limit;

import io.millrace.template.TemplateException;

/** Counts what one rendering uses against its {@link Limits}. Belongs to the rendering thread. */
public final class Budget {
  private static final int ELEMENTS_PER_STEP = 16;

  private final Limits limits;
  private long steps;
  private long produced;
  private int depth;

  public Budget(Limits limits) {
    this.limits = limits;
  }

  /** One expression evaluated, or one element iterated. */
  public void step() {
    if (++steps > limits.steps()) {
      throw exceeded("runs longer than", limits.steps(), "steps");
    }
  }

  /** Many steps at once, for work whose cost is known beforehand. */
  public void steps(long count) {
    steps += Math.max(count, 0);
    if (steps > limits.steps()) {
      throw exceeded("runs longer than", limits.steps(), "steps");
    }
  }

  /** Going over a string or a list of that length once. */
  public void scan(int length) {
    steps(length / ELEMENTS_PER_STEP);
  }

  /** Must be asked before a string or list of that length is built. */
  public void produce(long length) {
    checkLength(length);
    produced += Math.max(length, 0);
    if (produced > limits.produced()) {
      throw exceeded("produces more than", limits.produced(), "characters and elements in all");
    }
  }

  /** Refuses what is too long, without counting it. */
  public void checkLength(long length) {
    if (length > limits.length()) {
      throw exceeded("produces more than", limits.length(), "characters or elements in one value");
    }
  }

  /** A step down into something nested; {@link #leave} must follow. */
  public void enter(int levels) {
    depth += levels;
    if (depth > limits.depth()) {
      throw exceeded("nests deeper than", limits.depth(), "levels");
    }
  }

  public void leave(int levels) {
    depth -= levels;
  }

  private static TemplateException exceeded(String what, long limit, String unit) {
    return new TemplateException("the template %s %d %s".formatted(what, limit, unit));
  }
}
