package io.millrace.grammar;

import io.millrace.grammar.token.Vocabulary;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** A small vocabulary: every byte, pieces of JSON and words, one special token and an end. */
final class TestTokens {
  private static final List<String> PIECES =
      List.of(
          "{\"", "\":", "\": ", "\": \"", "\",", "\", \"", "\"}", "\"]", "[]", "{}", "},", "]}",
          "}}", "},{\"", ", ", "    ", "\n", "null", "true", "false", "name", "na", "the", "value",
          "10", "100", "0.", "é", "日本", "日", "\\\"", "\\u00", "e", "é\"", "a", "ab", "abc", "-",
          "-1", "e+");

  private static final List<byte[]> BYTES = bytes();

  /** The end of an answer. */
  static final int END = BYTES.size() - 1;

  /** A special token that is no end. */
  static final int SPECIAL = BYTES.size() - 2;

  static final Vocabulary VOCABULARY = new Vocabulary(BYTES, Set.of(END));

  private TestTokens() {}

  private static List<byte[]> bytes() {
    List<byte[]> bytes = new ArrayList<>();
    for (int b = 0; b < 256; b++) {
      bytes.add(new byte[] {(byte) b});
    }
    PIECES.forEach(it -> bytes.add(it.getBytes(StandardCharsets.UTF_8)));
    bytes.add(new byte[0]);
    bytes.add("</s>".getBytes(StandardCharsets.UTF_8));
    return bytes;
  }

  /** The tokens of a text, each as long as may be. */
  static int[] encode(String text) {
    byte[] rest = text.getBytes(StandardCharsets.UTF_8);
    List<Integer> tokens = new ArrayList<>();
    while (rest.length > 0) {
      int best = rest[0] & 0xff;
      for (int token = 256; token < SPECIAL; token++) {
        byte[] piece = BYTES.get(token);
        if (piece.length > BYTES.get(best).length
            && piece.length <= rest.length
            && Arrays.equals(piece, Arrays.copyOf(rest, piece.length))) {
          best = token;
        }
      }
      tokens.add(best);
      rest = Arrays.copyOfRange(rest, BYTES.get(best).length, rest.length);
    }
    return tokens.stream().mapToInt(Integer::intValue).toArray();
  }

  /** The bytes of a text, each as a token. */
  static int[] bytesOf(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int[] tokens = new int[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      tokens[i] = bytes[i] & 0xff;
    }
    return tokens;
  }

  /** Whether the tokens are accepted and complete. */
  static boolean accepts(Grammar grammar, int[] tokens) {
    GrammarMatcher matcher = new GrammarMatcher(grammar, VOCABULARY);
    return Arrays.stream(tokens).allMatch(matcher::accept) && matcher.canEnd();
  }

  /** Whether the text is accepted and complete, in long tokens; in bytes it must be the same. */
  static boolean accepts(Grammar grammar, String text) {
    boolean accepted = accepts(grammar, encode(text));
    if (accepted != accepts(grammar, bytesOf(text))) {
      throw new AssertionError("another answer for bytes: " + text);
    }
    return accepted;
  }

  static boolean has(long[] mask, int token) {
    return (mask[token >> 6] >>> token & 1) != 0;
  }
}
