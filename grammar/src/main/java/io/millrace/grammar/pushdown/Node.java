package io.millrace.grammar.pushdown;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A place in a rule of a grammar. Its ways on are found when they are first asked for, so that only
 * what is reached is built.
 */
public abstract class Node {
  /** The end of a rule, from which there is no way on but back to who called. */
  public static final Node END =
      new Node() {
        @Override
        protected List<Edge> expand() {
          return List.of();
        }

        @Override
        public boolean isEnd() {
          return true;
        }
      };

  private volatile Edge @Nullable [] edges;

  /** Bytes of the shortest text from here to the end of the rule; -1 before it was looked for. */
  int shortest = -1;

  /** The ways on; must be the same whenever asked, and lead to texts. */
  protected abstract List<Edge> expand();

  /** Whether the rule can end here. */
  public abstract boolean isEnd();

  final Edge[] edges() {
    Edge[] known = edges;
    if (known == null) {
      known = expand().toArray(Edge[]::new);
      edges = known;
    }
    return known;
  }
}
