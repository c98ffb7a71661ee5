package io.millrace.grammar;

import io.millrace.grammar.limit.GrammarLimits;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The grammars that were asked for lately, by their source, so that each is compiled once. Any
 * thread may ask; two that ask for the same one at once may both compile it.
 */
public final class GrammarCache {
  private final GrammarLimits limits;
  private final int capacity;
  private final Map<GrammarSource, Grammar> grammars = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * An empty cache.
   *
   * @param capacity how many grammars it keeps
   */
  public GrammarCache(GrammarLimits limits, int capacity) {
    this.limits = limits;
    this.capacity = capacity;
  }

  /**
   * The grammar of a source.
   *
   * @throws io.millrace.grammar.error.GrammarException as {@link Grammar#of}
   */
  public Grammar get(GrammarSource source) {
    Grammar known = lookUp(source);
    if (known != null) {
      return known;
    }
    Grammar compiled = Grammar.of(source, limits);
    keep(source, compiled);
    return compiled;
  }

  /** Whether the grammar of a source is there, compiled. */
  public synchronized boolean contains(GrammarSource source) {
    return grammars.containsKey(source);
  }

  private synchronized @Nullable Grammar lookUp(GrammarSource source) {
    return grammars.get(source);
  }

  private synchronized void keep(GrammarSource source, Grammar grammar) {
    grammars.put(source, grammar);
    if (grammars.size() > capacity) {
      grammars.remove(grammars.keySet().iterator().next());
    }
  }
}
