package io.millrace.models.text;

import java.util.OptionalInt;
import java.util.Set;

/** A model's map between text and token ids. Every method may be called from any thread. */
public interface Tokenizer extends AutoCloseable {

  /**
   * The ids of a text. Special tokens that the text spells out become their own ids, as in Hugging
   * Face's tokenizers; half a surrogate pair is read as U+FFFD.
   *
   * @param addSpecialTokens whether the tokens that the model wants around a text, such as a
   *     beginning of sequence, are added: true for plain prompts, false for what a chat template
   *     printed
   * @throws io.millrace.protocol.Invalid if the text is longer than any model can take
   */
  int[] encode(String text, boolean addSpecialTokens);

  /** How many tokens a text has at least, without encoding it; 0 where that cannot be said. */
  default int fewestTokens(String text) {
    return 0;
  }

  /** The text of ids; an id outside the vocabulary has none. */
  String decode(int[] ids, boolean skipSpecialTokens);

  /**
   * The bytes that a token adds to a text; often not whole characters. None for an id outside the
   * vocabulary.
   *
   * @param first whether no token stands before it, where some models drop a space
   */
  byte[] bytes(int id, boolean first);

  /**
   * Whether each byte of what is no character becomes a U+FFFD of its own, as in models that spell
   * bytes one by one, rather than all of what may begin one together.
   */
  boolean replacesEachByte();

  /** The id of a token as the vocabulary spells it. */
  OptionalInt id(String token);

  /** One more than the highest id. */
  int vocabSize();

  /** The ids that are marks for the model rather than text. */
  Set<Integer> specialIds();

  /**
   * Starts to turn an answer into text.
   *
   * @param prompt the ids before the answer; they decide whether a leading space is kept
   */
  default StreamDecoder newStreamDecoder(int[] prompt, boolean skipSpecialTokens) {
    return newStreamDecoder(prompt, skipSpecialTokens ? specialIds() : Set.of());
  }

  /**
   * Starts to turn an answer into text.
   *
   * @param prompt the ids before the answer; they decide whether a leading space is kept
   * @param skipped ids that have no text
   */
  default StreamDecoder newStreamDecoder(int[] prompt, Set<Integer> skipped) {
    return new StreamDecoder(this, prompt, skipped);
  }

  /** Frees the tokenizer; any later call throws {@link IllegalStateException}. */
  @Override
  void close();
}
