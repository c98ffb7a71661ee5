package io.millrace.models.text;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * An incremental detokenizer: turns one answer's token ids into text as they come, never half a
 * character. All pieces together are what decoding prompt and answer as one adds to the prompt's
 * text. Bytes that cannot become a character are U+FFFD. Belongs to one thread; a token costs no
 * more than its own bytes.
 */
public final class StreamDecoder {
  /** A character is at most four bytes, so at most four tokens hold the start of one. */
  private static final int TOKENS_THAT_MAY_SHARE_A_CHARACTER = 4;

  private final Tokenizer tokenizer;
  private final boolean skipSpecialTokens;
  private final CharsetDecoder utf8 =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  private byte[] unfinished = {};
  private boolean first = true;

  StreamDecoder(Tokenizer tokenizer, int[] prompt, boolean skipSpecialTokens) {
    this.tokenizer = tokenizer;
    this.skipSpecialTokens = skipSpecialTokens;
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
    return skipSpecialTokens && tokenizer.specialIds().contains(id);
  }

  private String decode(byte[] next, boolean end) {
    ByteBuffer bytes = ByteBuffer.allocate(unfinished.length + next.length);
    bytes.put(unfinished).put(next).flip();
    CharBuffer text = CharBuffer.allocate(bytes.remaining() + 1);
    utf8.decode(bytes, text, end);
    if (end) {
      utf8.flush(text);
      utf8.reset();
    }
    unfinished = new byte[bytes.remaining()];
    bytes.get(unfinished);
    return text.flip().toString();
  }
}
