package io.millrace.grammar.regex;

/** Two numbers by which equal terms of different pools are known, within one process. */
public record Fingerprint(long first, long second) {
  @Override
  public int hashCode() {
    return (int) first;
  }
}
