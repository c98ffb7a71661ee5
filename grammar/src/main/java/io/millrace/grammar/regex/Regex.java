package io.millrace.grammar.regex;

import io.millrace.grammar.error.GrammarLimitException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A regular language over bytes, and so a state of the automaton that recognises it: {@link #next}
 * is the language of what may follow a byte. Equal terms of one {@link RegexPool} are one object.
 *
 * <p>Immutable but for what is remembered; any thread may ask.
 */
public final class Regex {
  /** No upper bound of a repetition. */
  public static final int UNBOUNDED = -1;

  final RegexPool pool;
  final int id;
  final Kind kind;

  /** The bytes of BYTES. */
  final ByteSet bytes;

  final Regex[] children;

  /** Least and most repetitions, or what {@link Multiples} keeps. */
  final int low;

  final int high;

  /** Whether the empty text is in the language. */
  private final boolean nullable;

  /** All bytes that a text of the language may begin with, and perhaps some more. */
  private final ByteSet first;

  /** Whether no intersection or complement is inside, so that the language is not empty. */
  final boolean plain;

  private final long fingerprint;
  private final long fingerprint2;
  private Regex @Nullable [] table;
  private @Nullable Regex onlyNext;

  /** Bytes of the shortest text, or {@link #UNBOUNDED}; -2 before it was looked for. */
  private int shortest = -2;

  /** 0 unknown, 1 some text is in the language, -1 none is. */
  volatile byte life;

  Regex(RegexPool pool, int id, RegexKey key) {
    this.pool = pool;
    this.id = id;
    this.kind = key.kind();
    this.bytes = key.bytes();
    this.children = key.children();
    this.low = key.low();
    this.high = key.high();
    this.nullable = Derivatives.nullable(this);
    this.first = Derivatives.first(this);
    this.plain =
        kind != Kind.AND
            && kind != Kind.NOT
            && kind != Kind.MULTIPLE
            && Arrays.stream(children).allMatch(it -> it.plain);
    this.life = (byte) (nullable ? 1 : 0);
    this.fingerprint = Fingerprints.of(this, Fingerprints.SEED_1, it -> it.fingerprint);
    this.fingerprint2 = Fingerprints.of(this, Fingerprints.SEED_2, it -> it.fingerprint2);
  }

  /** Whether the empty text is in the language. */
  public boolean nullable() {
    return nullable;
  }

  /** All bytes that a text may begin with, and perhaps some more. */
  public ByteSet first() {
    return first;
  }

  /** Whether no text at all is in the language, as the term is written. */
  public boolean isNothing() {
    return this == pool.nothing();
  }

  /** Whether the empty text is all there is. */
  public boolean isEpsilon() {
    return kind == Kind.EPSILON;
  }

  /** Whether no intersection, complement or remainder is inside. */
  public boolean isPlain() {
    return plain;
  }

  /** Whether the language is empty; looks for a text where that is not evident. */
  public boolean isEmpty() {
    return !Emptiness.isAlive(this);
  }

  /** Bytes of the shortest text; {@link #UNBOUNDED} where none is known. */
  public int shortest() {
    if (shortest < UNBOUNDED) {
      shortest = ShortestText.length(this);
    }
    return shortest;
  }

  /** Two numbers by which equal terms of different pools are known, in this process. */
  public Fingerprint fingerprint() {
    return new Fingerprint(fingerprint, fingerprint2);
  }

  /**
   * What may follow the byte: never a term whose language is empty, but {@link RegexPool#nothing}.
   *
   * @param b 0 to 255
   * @throws GrammarLimitException when the automaton has become too large
   */
  public Regex next(int b) {
    if (!first.contains(b)) {
      return pool.nothing();
    }
    Regex known = known(b);
    return known == null ? learn(b) : known;
  }

  private @Nullable Regex known(int b) {
    Regex only = onlyNext;
    if (only != null) {
      return only;
    }
    Regex[] all = table;
    return all == null ? null : all[b];
  }

  private Regex learn(int b) {
    Regex derived = Derivatives.of(this, b);
    Regex next = Emptiness.isAlive(derived) ? derived : pool.nothing();
    if (first.size() == 1) {
      onlyNext = next;
      return next;
    }
    Regex[] all = table;
    if (all == null) {
      all = new Regex[256];
      table = all;
    }
    ByteSet alike = Derivatives.alike(this, b);
    for (int each = alike.next(0); each >= 0; each = alike.next(each + 1)) {
      all[each] = next;
    }
    return next;
  }

  /** Whether the language has the text. */
  public boolean matches(byte[] text) {
    Regex state = this;
    for (byte b : text) {
      state = state.next(b & 0xff);
    }
    return state.nullable;
  }
}
