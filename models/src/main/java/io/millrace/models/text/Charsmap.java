package io.millrace.models.text;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import tools.jackson.databind.JsonNode;

/**
 * SentencePiece's {@code precompiled_charsmap}, its compiled Unicode normalisation: the size of a
 * trie, the trie, and the texts that its leaves point to. The native library ends the process over
 * a damaged one, so it is checked before.
 */
final class Charsmap {
  private Charsmap() {}

  /**
   * Checks every one within a {@code tokenizer.json}.
   *
   * @throws IllegalArgumentException if one is damaged
   */
  static void check(JsonNode definition) {
    for (JsonNode charsmap : definition.findValues("precompiled_charsmap")) {
      if (!isWhole(charsmap.asString(""))) {
        throw new IllegalArgumentException(
            "the tokenizer is not valid: its precompiled_charsmap is damaged");
      }
    }
  }

  private static boolean isWhole(String base64) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(base64));
      if (bytes.remaining() <= Integer.BYTES) {
        return false;
      }
      long trieBytes = Integer.toUnsignedLong(bytes.order(ByteOrder.LITTLE_ENDIAN).getInt());
      if (trieBytes == 0 || trieBytes % Integer.BYTES != 0 || trieBytes > bytes.remaining()) {
        return false;
      }
      bytes.position(bytes.position() + (int) trieBytes);
      StandardCharsets.UTF_8.newDecoder().decode(bytes);
      return true;
    } catch (IllegalArgumentException | CharacterCodingException e) {
      return false;
    }
  }
}
