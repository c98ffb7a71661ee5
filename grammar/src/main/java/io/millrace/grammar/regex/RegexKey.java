package io.millrace.grammar.regex;

import java.util.Arrays;

/** What a term is made of, by which a pool knows it again. */
record RegexKey(Kind kind, ByteSet bytes, Regex[] children, int low, int high) {
  @Override
  public boolean equals(Object other) {
    return other instanceof RegexKey key
        && kind == key.kind
        && low == key.low
        && high == key.high
        && Arrays.equals(children, key.children)
        && bytes.equals(key.bytes);
  }

  @Override
  public int hashCode() {
    int hash = kind.ordinal() * 31 + low;
    hash = hash * 31 + high;
    for (Regex child : children) {
      hash = hash * 0x01000193 + child.id;
    }
    return hash * 31 + bytes.hashCode();
  }
}
