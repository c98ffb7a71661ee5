package io.millrace.template.limit;

/**
 * The bounds of one rendering.
 *
 * @param steps expressions evaluated and elements iterated
 * @param length characters or elements in any one string, list or output
 * @param produced characters and elements in all strings and lists together
 * @param depth levels of statements, expressions and values within each other
 */
public record Limits(long steps, int length, long produced, int depth) {
  /** Room for prompts of megabytes; a hostile template is stopped within seconds. */
  public static final Limits DEFAULT = new Limits(20_000_000, 10_000_000, 250_000_000, 1_000);

  public Limits {
    if (steps < 1 || length < 1 || produced < 1 || depth < 1) {
      throw new IllegalArgumentException(
          "limits must be at least 1, but are steps=%d length=%d produced=%d depth=%d"
              .formatted(steps, length, produced, depth));
    }
  }
}
