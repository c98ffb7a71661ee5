package io.millrace.grammar.regex;

import io.millrace.grammar.error.GrammarLimitException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The terms of one grammar, each of them once, and the ways to make new ones. A term is written in
 * a normal form, so that the automaton of derivatives is finite.
 *
 * <p>Any thread may use it. It never forgets, and so it has a limit.
 */
public final class RegexPool {
  private static final Regex[] NO_CHILDREN = {};

  private final Map<RegexKey, Regex> terms = new ConcurrentHashMap<>();
  private final AtomicInteger ids = new AtomicInteger();
  private final int limit;
  private final Regex nothing;
  private final Regex epsilon;
  private final Regex everything;

  /**
   * An empty pool.
   *
   * @param limit how many terms there may be
   */
  public RegexPool(int limit) {
    this.limit = limit;
    nothing = term(Kind.BYTES, ByteSet.NONE, NO_CHILDREN, 0, 0);
    epsilon = term(Kind.EPSILON, ByteSet.NONE, NO_CHILDREN, 0, 0);
    everything = term(Kind.NOT, ByteSet.NONE, new Regex[] {nothing}, 0, 0);
    nothing.life = -1;
    everything.life = 1;
  }

  /** The language without any text. */
  public Regex nothing() {
    return nothing;
  }

  /** The language of the empty text. */
  public Regex epsilon() {
    return epsilon;
  }

  /** The language of all byte strings. */
  public Regex everything() {
    return everything;
  }

  /** One byte out of a set. */
  public Regex bytes(ByteSet set) {
    return set.isEmpty() ? nothing : term(Kind.BYTES, set, NO_CHILDREN, 0, 0);
  }

  /** One text. */
  public Regex literal(byte[] text) {
    Regex tail = epsilon;
    for (int i = text.length - 1; i >= 0; i--) {
      tail = concat(bytes(ByteSet.of(text[i] & 0xff)), tail);
    }
    return tail;
  }

  /** One text, in UTF-8. */
  public Regex literal(String text) {
    return literal(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Any of many texts; common beginnings are shared, so that thousands of them are cheap. */
  public Regex literals(Collection<byte[]> texts) {
    return literals(List.copyOf(texts), 0);
  }

  private Regex literals(List<byte[]> texts, int from) {
    if (texts.size() == 1) {
      byte[] only = texts.get(0);
      return literal(Arrays.copyOfRange(only, from, only.length));
    }
    Map<Integer, List<byte[]>> byFirst = new TreeMap<>();
    List<Regex> branches = new ArrayList<>();
    for (byte[] text : texts) {
      if (text.length == from) {
        branches.add(epsilon);
      } else {
        byFirst.computeIfAbsent(text[from] & 0xff, any -> new ArrayList<>()).add(text);
      }
    }
    byFirst.forEach(
        (b, rest) -> branches.add(concat(bytes(ByteSet.of(b)), literals(rest, from + 1))));
    return alt(branches);
  }

  /** One after the other. */
  public Regex concat(Regex head, Regex tail) {
    if (head == nothing || tail == nothing) {
      return nothing;
    }
    if (head == epsilon) {
      return tail;
    }
    if (tail == epsilon || (head == everything && tail == everything)) {
      return head;
    }
    if (head.kind == Kind.CONCAT) {
      return concat(head.children[0], concat(head.children[1], tail));
    }
    return term(Kind.CONCAT, ByteSet.NONE, new Regex[] {head, tail}, 0, 0);
  }

  /** One after the other. */
  public Regex concat(List<Regex> parts) {
    Regex tail = epsilon;
    for (int i = parts.size() - 1; i >= 0; i--) {
      tail = concat(parts.get(i), tail);
    }
    return tail;
  }

  /** Any of these. */
  public Regex alt(Collection<Regex> parts) {
    TreeSet<Regex> flat = new TreeSet<>(Comparator.comparingInt(it -> it.id));
    ByteSet single = ByteSet.NONE;
    for (Regex part : parts) {
      if (part == everything) {
        return everything;
      }
      for (Regex each : part.kind == Kind.ALT ? part.children : new Regex[] {part}) {
        if (each.kind == Kind.BYTES) {
          single = single.or(each.bytes);
        } else {
          flat.add(each);
        }
      }
    }
    if (!single.isEmpty()) {
      flat.add(bytes(single));
    }
    if (flat.size() > 1
        && flat.contains(epsilon)
        && flat.stream().anyMatch(it -> it != epsilon && it.nullable())) {
      flat.remove(epsilon);
    }
    return switch (flat.size()) {
      case 0 -> nothing;
      case 1 -> flat.first();
      default -> term(Kind.ALT, ByteSet.NONE, flat.toArray(Regex[]::new), 0, 0);
    };
  }

  /** Either of two. */
  public Regex alt(Regex one, Regex other) {
    if (one == nothing || one == other) {
      return other;
    }
    return other == nothing ? one : alt(List.of(one, other));
  }

  /** All of these. */
  public Regex and(Collection<Regex> parts) {
    TreeSet<Regex> flat = new TreeSet<>(Comparator.comparingInt(it -> it.id));
    for (Regex part : parts) {
      if (part == nothing) {
        return nothing;
      }
      if (part.kind == Kind.AND) {
        flat.addAll(List.of(part.children));
      } else if (part != everything) {
        flat.add(part);
      }
    }
    if (flat.contains(epsilon)) {
      return flat.stream().allMatch(Regex::nullable) ? epsilon : nothing;
    }
    for (Regex part : flat) {
      if (part.kind == Kind.NOT && flat.contains(part.children[0])) {
        return nothing;
      }
    }
    return switch (flat.size()) {
      case 0 -> everything;
      case 1 -> flat.first();
      default -> term(Kind.AND, ByteSet.NONE, flat.toArray(Regex[]::new), 0, 0);
    };
  }

  /** Both of two. */
  public Regex and(Regex one, Regex other) {
    return one == other ? one : and(List.of(one, other));
  }

  /** All that is not in the language. */
  public Regex not(Regex part) {
    return part.kind == Kind.NOT
        ? part.children[0]
        : term(Kind.NOT, ByteSet.NONE, new Regex[] {part}, 0, 0);
  }

  /** What is in the first and not in the second. */
  public Regex minus(Regex one, Regex other) {
    return other == nothing ? one : and(one, not(other));
  }

  /**
   * A part again and again.
   *
   * @param high the most, or {@link Regex#UNBOUNDED}
   */
  public Regex repeat(Regex part, int low, int high) {
    if (high == 0 || part == epsilon) {
      return epsilon;
    }
    if (part == nothing) {
      return low == 0 ? epsilon : nothing;
    }
    if (low == 1 && high == 1) {
      return part;
    }
    if (part.kind == Kind.REPEAT && part.low == 0 && part.high == Regex.UNBOUNDED) {
      return part;
    }
    int least = part.nullable() ? 0 : low;
    return term(Kind.REPEAT, ByteSet.NONE, new Regex[] {part}, least, high);
  }

  /** Nothing, once or more often. */
  public Regex star(Regex part) {
    return repeat(part, 0, Regex.UNBOUNDED);
  }

  /** Nothing or once. */
  public Regex optional(Regex part) {
    return repeat(part, 0, 1);
  }

  /**
   * Decimal numbers (digits, perhaps a point and digits) that are multiples of {@code divisor /
   * 10^scale}. What a number looks like besides is not said.
   */
  public Regex multiples(int divisor, int scale) {
    return multiples(divisor, scale, 0, 0);
  }

  Regex multiples(long divisor, int scale, int remainder, int fraction) {
    ByteSet packed = new ByteSet(divisor, 0, 0, 0);
    return term(Kind.MULTIPLE, packed, NO_CHILDREN, remainder, scale << 16 | fraction);
  }

  /** How many terms there are. */
  public int size() {
    return terms.size();
  }

  void limitSearch(int states) {
    if (states > limit / 4) {
      throw new GrammarLimitException(
          "the search for a text that satisfies all conditions", limit / 4, "states");
    }
  }

  private Regex term(Kind kind, ByteSet bytes, Regex[] children, int low, int high) {
    RegexKey key = new RegexKey(kind, bytes, children, low, high);
    Regex known = terms.get(key);
    if (known != null) {
      return known;
    }
    if (terms.size() >= limit) {
      throw new GrammarLimitException("the automaton of a grammar", limit, "states");
    }
    return terms.computeIfAbsent(key, it -> new Regex(this, ids.getAndIncrement(), it));
  }
}
