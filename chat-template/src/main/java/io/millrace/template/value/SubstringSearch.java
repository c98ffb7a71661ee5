package io.millrace.template.value;

import io.millrace.template.limit.Budget;

/**
 * Substring search in time linear in the length of both strings (Knuth, Morris and Pratt, 1977), so
 * that no template can make a search quadratic.
 */
final class SubstringSearch {
  /** Below this, the plain search is quicker, and its worst case bounded. */
  private static final int PLAIN = 16;

  private final String needle;
  private final int[] failure;
  private final Budget budget;

  private SubstringSearch(String needle, Budget budget) {
    this.needle = needle;
    this.budget = budget;
    this.failure = needle.length() <= PLAIN ? new int[0] : failure(needle);
    budget.scan(needle.length());
  }

  static SubstringSearch of(String needle, Budget budget) {
    return new SubstringSearch(needle, budget);
  }

  /** The first position at or after {@code from}, or -1. */
  int in(String text, int from) {
    int found = failure.length == 0 ? text.indexOf(needle, from) : match(text, from);
    int end = found < 0 ? text.length() : found;
    budget.scan(end - from);
    return found;
  }

  private int match(String text, int from) {
    int matched = 0;
    for (int i = from; i < text.length(); i++) {
      while (matched > 0 && text.charAt(i) != needle.charAt(matched)) {
        matched = failure[matched - 1];
      }
      if (text.charAt(i) == needle.charAt(matched)) {
        matched++;
      }
      if (matched == needle.length()) {
        return i - matched + 1;
      }
    }
    return -1;
  }

  private static int[] failure(String needle) {
    int[] failure = new int[needle.length()];
    int matched = 0;
    for (int i = 1; i < failure.length; i++) {
      while (matched > 0 && needle.charAt(i) != needle.charAt(matched)) {
        matched = failure[matched - 1];
      }
      if (needle.charAt(i) == needle.charAt(matched)) {
        matched++;
      }
      failure[i] = matched;
    }
    return failure;
  }
}
