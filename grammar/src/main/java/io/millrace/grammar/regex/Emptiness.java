package io.millrace.grammar.regex;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whether a language has any text: looks for one through the states of its automaton. */
final class Emptiness {
  private Emptiness() {}

  static boolean isAlive(Regex term) {
    if (term.life != 0) {
      return term.life > 0;
    }
    boolean alive = term.plain ? !term.isNothing() : search(term);
    term.life = (byte) (alive ? 1 : -1);
    return alive;
  }

  /** Breadth first, so that the shortest text is found; what leads to it is alive as well. */
  private static boolean search(Regex start) {
    Map<Regex, @Nullable Regex> cameFrom = new HashMap<>();
    Deque<Regex> open = new ArrayDeque<>();
    cameFrom.put(start, null);
    open.add(start);
    while (!open.isEmpty()) {
      Regex state = open.remove();
      for (Regex next : successors(state)) {
        if (next.life > 0 || (next.plain && !next.isNothing())) {
          markAlive(state, cameFrom);
          return true;
        }
        if (next.life == 0 && !cameFrom.containsKey(next)) {
          cameFrom.put(next, state);
          open.add(next);
        }
      }
      start.pool.limitSearch(cameFrom.size());
    }
    cameFrom.keySet().forEach(it -> it.life = -1);
    return false;
  }

  private static void markAlive(Regex last, Map<Regex, @Nullable Regex> cameFrom) {
    for (Regex state = last; state != null; state = cameFrom.get(state)) {
      state.life = 1;
    }
  }

  /** What may follow one byte, each once. */
  static List<Regex> successors(Regex state) {
    List<Regex> successors = new ArrayList<>();
    ByteSet open = state.first();
    for (int b = open.next(0); b >= 0; b = open.next(b)) {
      Regex next = Derivatives.of(state, b);
      open = open.and(Derivatives.alike(state, b).not());
      if (!next.isNothing()) {
        successors.add(next);
      }
    }
    return successors;
  }
}
