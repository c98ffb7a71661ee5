package io.millrace.grammar.regex;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** How long the shortest text of a language is: looked for breadth first in its automaton. */
final class ShortestText {
  private static final int MOST_STATES = 2048;

  private ShortestText() {}

  /** In bytes; {@link Regex#UNBOUNDED} where none is found among so many states. */
  static int length(Regex term) {
    return switch (term.kind) {
      case EPSILON -> 0;
      case BYTES -> term.isNothing() ? Regex.UNBOUNDED : 1;
      case CONCAT -> sum(term.children);
      case ALT -> least(term.children);
      case REPEAT -> product(term.low, term.children[0].shortest());
      case AND, NOT, MULTIPLE -> search(term);
    };
  }

  private static int sum(Regex[] parts) {
    int sum = 0;
    for (Regex part : parts) {
      int length = part.shortest();
      if (length < 0) {
        return Regex.UNBOUNDED;
      }
      sum = (int) Math.min(Integer.MAX_VALUE / 2, (long) sum + length);
    }
    return sum;
  }

  private static int least(Regex[] ways) {
    int least = Regex.UNBOUNDED;
    for (Regex way : ways) {
      int length = way.shortest();
      if (length >= 0 && (least < 0 || length < least)) {
        least = length;
      }
    }
    return least;
  }

  private static int product(int times, int length) {
    if (times == 0) {
      return 0;
    }
    return length < 0
        ? Regex.UNBOUNDED
        : (int) Math.min(Integer.MAX_VALUE / 2, (long) times * length);
  }

  private static int search(Regex term) {
    Set<Regex> seen = new HashSet<>(Set.of(term));
    List<Regex> level = List.of(term);
    for (int length = 0; !level.isEmpty() && seen.size() <= MOST_STATES; length++) {
      List<Regex> below = new ArrayList<>();
      for (Regex state : level) {
        if (state.nullable()) {
          return length;
        }
        for (Regex next : Emptiness.successors(state)) {
          if (!next.isEmpty() && seen.add(next)) {
            below.add(next);
          }
        }
      }
      level = below;
    }
    return Regex.UNBOUNDED;
  }
}
