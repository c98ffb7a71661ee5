package io.millrace.models.text;

import java.util.Locale;

/**
 * A vocabulary entry as SentencePiece and GGUF keep it; its id is its place in the list.
 *
 * @param score the higher, the earlier it is merged (BPE) or the likelier it is (Unigram)
 */
record Piece(String text, float score, Type type) {

  /** What a piece is for; both formats number the kinds alike. */
  enum Type {
    NORMAL,
    UNKNOWN,
    CONTROL,
    USER_DEFINED,
    UNUSED,
    BYTE;

    private static final Type[] TYPES = values();

    /**
     * @param number from 1, as in {@code sentencepiece_model.proto} and {@code
     *     tokenizer.ggml.token_type}; any other stands for an ordinary piece
     */
    static Type numbered(int number) {
      return number >= 1 && number <= TYPES.length ? TYPES[number - 1] : NORMAL;
    }
  }

  /** Whether the text is found before the model splits it. */
  boolean isAdded() {
    return isSpecial() || type == Type.USER_DEFINED;
  }

  /** Whether it is a mark for the model rather than text. */
  boolean isSpecial() {
    return type == Type.CONTROL || type == Type.UNKNOWN;
  }

  static String byteSpelling(int unsignedByte) {
    return String.format(Locale.ROOT, "<0x%02X>", unsignedByte);
  }
}
