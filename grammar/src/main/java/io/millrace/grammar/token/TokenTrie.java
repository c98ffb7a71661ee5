package io.millrace.grammar.token;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The tokens of a vocabulary as a tree of bytes, its nodes in the order of a walk: after a node
 * comes its first child, and {@link #skip} leads past all that is below it. The nodes before any
 * byte are not kept.
 */
public final class TokenTrie {
  /** No token. */
  public static final int NONE = -1;

  private byte[] labels = new byte[1024];
  private short[] depths = new short[1024];
  private int[] skips = new int[1024];
  private int[] tokens = new int[1024];
  private final int[] sameBytes;
  private final short[] reaches;
  private int size;
  private int maxDepth;

  /**
   * The tree of these tokens.
   *
   * @param bytes by id; an empty one is left out
   */
  TokenTrie(List<byte[]> bytes) {
    sameBytes = new int[bytes.size()];
    Arrays.fill(sameBytes, NONE);
    int[] sorted =
        IntStream.range(0, bytes.size())
            .filter(id -> bytes.get(id).length > 0)
            .boxed()
            .sorted(Comparator.comparing(bytes::get, Arrays::compareUnsigned))
            .mapToInt(Integer::intValue)
            .toArray();
    int[] path = new int[1 + Arrays.stream(sorted).map(id -> bytes.get(id).length).max().orElse(0)];
    byte[] previous = {};
    for (int id : sorted) {
      byte[] text = bytes.get(id);
      insert(id, text, previous, path);
      previous = text;
    }
    close(path, 0, previous.length);
    reaches = reaches();
  }

  private short[] reaches() {
    short[] all = new short[size];
    for (int node = size - 1; node >= 0; node--) {
      int deepest = depths[node] + 1;
      for (int child = node + 1; child < skips[node]; child = skips[child]) {
        deepest = Math.max(deepest, all[child]);
      }
      all[node] = (short) deepest;
    }
    return all;
  }

  private void insert(int id, byte[] text, byte[] previous, int[] path) {
    int common = Arrays.mismatch(previous, text);
    if (common < 0) {
      int node = path[text.length - 1];
      sameBytes[id] = tokens[node];
      tokens[node] = id;
      return;
    }
    close(path, common, previous.length);
    for (int depth = common; depth < text.length; depth++) {
      path[depth] = append(text[depth], depth);
    }
    tokens[path[text.length - 1]] = id;
    maxDepth = Math.max(maxDepth, text.length);
  }

  private void close(int[] path, int from, int to) {
    for (int depth = from; depth < to; depth++) {
      skips[path[depth]] = size;
    }
  }

  private int append(byte label, int depth) {
    if (size == labels.length) {
      labels = Arrays.copyOf(labels, size * 2);
      depths = Arrays.copyOf(depths, size * 2);
      skips = Arrays.copyOf(skips, size * 2);
      tokens = Arrays.copyOf(tokens, size * 2);
    }
    labels[size] = label;
    depths[size] = (short) depth;
    tokens[size] = NONE;
    return size++;
  }

  /** How many nodes there are. */
  public int size() {
    return size;
  }

  /** The most bytes of a token. */
  public int maxDepth() {
    return maxDepth;
  }

  /** The last byte on the way to a node, 0 to 255. */
  public int label(int node) {
    return labels[node] & 0xff;
  }

  /** How many bytes lie before the node's own. */
  public int depth(int node) {
    return depths[node];
  }

  /** The next node that is not below this one. */
  public int skip(int node) {
    return skips[node];
  }

  /** How many bytes the longest token has that is at a node or below it. */
  public int reach(int node) {
    return reaches[node];
  }

  /** Whether a token ends at a node. */
  public boolean hasToken(int node) {
    return tokens[node] != NONE;
  }

  /** Clears the bits of the tokens that end at a node. */
  void unmark(int node, long[] mask) {
    for (int token = tokens[node]; token != NONE; token = sameBytes[token]) {
      mask[token >> 6] &= ~(1L << token);
    }
  }

  /** Sets the bits of the tokens that end at a node. */
  public void mark(int node, long[] mask) {
    for (int token = tokens[node]; token != NONE; token = sameBytes[token]) {
      mask[token >> 6] |= 1L << token;
    }
  }
}
