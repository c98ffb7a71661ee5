package io.millrace.template.tag;

import java.util.HashSet;
import java.util.Set;

/** The depth of nesting in a part of a template, and the variables that it reads. */
final class Measure {
  private final int base;
  private final Set<String> names = new HashSet<>();
  private int deepest;

  /**
   * @param base how many tags the part lies within
   */
  Measure(int base) {
    this.base = base;
    this.deepest = base;
  }

  void reach(int depth) {
    deepest = Math.max(deepest, depth);
  }

  /** Adds the measure of a part within this one. */
  void add(Measure inner) {
    reach(inner.deepest);
    names.addAll(inner.names);
  }

  /** Statements and expressions within each other, at least 1. */
  int levels() {
    return deepest - base + 1;
  }

  /** The variables that its expressions read. */
  Set<String> names() {
    return names;
  }
}
