package io.millrace.models.text;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * An incremental detokenizer: turns one answer's token ids into text as they come, never half a
 * character. All pieces together are what decoding prompt and answer as one adds to the prompt's
 * text. Bytes that cannot become a character are U+FFFD, as many as the tokenizer's own decoder
 * makes of them; but where that one gives up the characters before them too, they were shown
 * already. Belongs to one thread; a token costs no more than its own bytes.
 */
public final class StreamDecoder {
  /** A character is at most four bytes, so at most four tokens hold the start of one. */
  private static final int TOKENS_THAT_MAY_SHARE_A_CHARACTER = 4;

  private static final char REPLACEMENT = '\uFFFD';
  private static final int FIRST_OF_SURROGATES = 0xED;
  private static final int SECOND_OF_SURROGATES = 0xA0;

  private final Tokenizer tokenizer;
  private final Set<Integer> skipped;
  private final CharsetDecoder utf8 =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT);
  private byte[] unfinished = {};
  private boolean first = true;

  StreamDecoder(Tokenizer tokenizer, int[] prompt, Set<Integer> skipped) {
    this.tokenizer = tokenizer;
    this.skipped = skipped;
    readEndOf(prompt);
  }

  /** Takes the next token and returns the text that is now certain, possibly none. */
  public String append(int id) {
    if (isSkipped(id)) {
      return "";
    }
    byte[] bytes = tokenizer.bytes(id, first);
    first = false;
    return decode(bytes, false);
  }

  /** Ends the answer: what is left of a character that never became whole. */
  public String finish() {
    return decode(new byte[0], true);
  }

  /** Brings this decoder to where the prompt's text ends, which may be within a character. */
  private void readEndOf(int[] prompt) {
    int from = prompt.length;
    int shown = 0;
    while (from > 0 && shown < TOKENS_THAT_MAY_SHARE_A_CHARACTER) {
      from--;
      if (!isSkipped(prompt[from])) {
        shown++;
      }
    }
    for (int i = from; i < prompt.length; i++) {
      append(prompt[i]);
    }
  }

  private boolean isSkipped(int id) {
    return skipped.contains(id);
  }

  private String decode(byte[] next, boolean end) {
    ByteBuffer bytes = ByteBuffer.allocate(unfinished.length + next.length);
    bytes.put(unfinished).put(next).flip();
    // No more characters than bytes: one that is no part of any becomes one character.
    CharBuffer text = CharBuffer.allocate(bytes.remaining());
    for (CoderResult result = utf8.decode(bytes, text, end);
        result.isMalformed();
        result = utf8.decode(bytes, text, end)) {
      replace(bytes, result.length(), text);
    }
    if (end) {
      utf8.flush(text);
      utf8.reset();
    }
    unfinished = new byte[bytes.remaining()];
    bytes.get(unfinished);
    return text.flip().toString();
  }

  /**
   * Reads bytes that are no character. Usually the beginning of one that goes on wrong is replaced
   * as a whole (Unicode 3.9, "U+FFFD substitution of maximal subparts"); a surrogate's first two
   * bytes begin none, though the JDK takes them for one.
   */
  private void replace(ByteBuffer bytes, int length, CharBuffer text) {
    int at = bytes.position();
    boolean surrogate =
        length > 1
            && (bytes.get(at) & 0xFF) == FIRST_OF_SURROGATES
            && (bytes.get(at + 1) & 0xFF) >= SECOND_OF_SURROGATES;
    for (int i = surrogate || tokenizer.replacesEachByte() ? length : 1; i > 0; i--) {
      text.put(REPLACEMENT);
    }
    bytes.position(at + length);
  }
}
