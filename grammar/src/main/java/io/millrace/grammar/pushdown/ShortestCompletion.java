package io.millrace.grammar.pushdown;

import io.millrace.grammar.regex.Regex;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;

/**
 * How long the shortest text is that completes what has begun. Within a rule the way to its end is
 * found by Dijkstra's algorithm, where a call of a rule is as long as that rule's shortest text; a
 * call within the search for the same rule's is no way, as none that is shortest repeats itself.
 * What is found is remembered where it was found.
 */
final class ShortestCompletion {
  /** No way, or none among as many ways as are looked at. */
  static final int UNKNOWN = Integer.MAX_VALUE / 4;

  private static final int MOST_EDGES = 10_000;

  private final List<Node> underWay = new ArrayList<>();
  private int edges;

  /** The outermost search that what was found last depends on, as an index of those under way. */
  private int outermost = Integer.MAX_VALUE;

  /** A place, and the bytes on the way to it. */
  private record Reached(Node node, int length) {}

  /** In bytes, of a state: {@link #UNKNOWN} if there is no such text or it is not found. */
  int of(State state) {
    if (state.canEnd()) {
      return 0;
    }
    int least = UNKNOWN;
    for (int i = 0; i < state.lexemes.length; i++) {
      int lexeme = of(state.lexemes[i]);
      if (lexeme < least) {
        least = Math.min(least, sum(lexeme, sum(of(state.nexts[i]), of(state.stacks[i]))));
      }
    }
    return least;
  }

  private int of(Stack stack) {
    if (stack.shortest < 0) {
      int least = stack.bottom ? 0 : UNKNOWN;
      for (int i = 0; i < stack.nodes.length; i++) {
        least = Math.min(least, sum(of(stack.nodes[i]), of(stack.rests[i])));
      }
      stack.shortest = least;
    }
    return stack.shortest;
  }

  private static int of(Regex lexeme) {
    int length = lexeme.shortest();
    return length < 0 ? UNKNOWN : length;
  }

  private int of(Node node) {
    if (node.shortest >= 0) {
      return node.shortest;
    }
    int at = underWay.indexOf(node);
    if (at >= 0) {
      outermost = Math.min(outermost, at);
      return UNKNOWN;
    }
    int before = outermost;
    int own = underWay.size();
    outermost = own;
    underWay.add(node);
    int length = search(node);
    underWay.remove(own);
    if (outermost >= own) {
      node.shortest = length;
    }
    outermost = Math.min(before, outermost);
    return length;
  }

  private int search(Node start) {
    PriorityQueue<Reached> open = new PriorityQueue<>(Comparator.comparingInt(Reached::length));
    Map<Node, Integer> lengths = new IdentityHashMap<>();
    open.add(new Reached(start, 0));
    lengths.put(start, 0);
    while (!open.isEmpty() && edges <= MOST_EDGES) {
      Reached reached = open.remove();
      Node node = reached.node();
      if (node.isEnd()) {
        return reached.length();
      }
      if (node.shortest >= 0) {
        open.add(new Reached(Node.END, sum(reached.length(), node.shortest)));
      } else if (reached.length() == Objects.requireNonNull(lengths.get(node))) {
        goOn(node, reached.length(), open, lengths);
      }
    }
    return UNKNOWN;
  }

  private void goOn(
      Node node, int length, PriorityQueue<Reached> open, Map<Node, Integer> lengths) {
    for (Edge edge : node.edges()) {
      if (++edges > MOST_EDGES) {
        return;
      }
      int behind = sum(length, of(edge));
      if (behind < lengths.getOrDefault(edge.next(), UNKNOWN)) {
        lengths.put(edge.next(), behind);
        open.add(new Reached(edge.next(), behind));
      }
    }
  }

  private int of(Edge edge) {
    Regex lexeme = edge.lexeme();
    Node call = edge.call();
    if (lexeme != null) {
      return of(lexeme);
    }
    return call != null ? of(call) : 0;
  }

  private static int sum(int a, int b) {
    return Math.min(UNKNOWN, a + b);
  }
}
