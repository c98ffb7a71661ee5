package io.millrace.protocol;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/** Texts as Unicode has them: JSON's escapes can spell halves of characters, and UTF-8 cannot. */
public final class Unicode {
  private static final char REPLACEMENT = '\uFFFD';

  private static final int BUFFERED_CHARACTERS = 4096;

  private Unicode() {}

  /**
   * Refuses bytes that no text has: a JSON parser takes longer spellings than needed, halves of
   * pairs, and what is beyond U+10FFFF.
   *
   * @throws Invalid naming the first byte that is wrong
   */
  static void requireUtf8(byte[] body) {
    // A new decoder reports what is malformed.
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer bytes = ByteBuffer.wrap(body);
    CharBuffer characters = CharBuffer.allocate(BUFFERED_CHARACTERS);
    CoderResult result = CoderResult.OVERFLOW;
    while (result.isOverflow()) {
      characters.clear();
      result = decoder.decode(bytes, characters, true);
    }
    if (result.isError()) {
      throw new Invalid(
          null, "the body is not valid UTF-8 (at byte %d)".formatted(bytes.position() + 1));
    }
  }

  /** The text with U+FFFD for each half of a surrogate pair that stands alone. */
  public static String toWellFormed(String text) {
    if (text.codePoints().noneMatch(Unicode::isSurrogate)) {
      return text;
    }
    StringBuilder replaced = new StringBuilder(text.length());
    text.codePoints().map(c -> isSurrogate(c) ? REPLACEMENT : c).forEach(replaced::appendCodePoint);
    return replaced.toString();
  }

  private static boolean isSurrogate(int codePoint) {
    return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
  }
}
