package io.millrace.bench.serve;

import io.millrace.models.text.Tokenizer;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * The writer of prompts of random tokens, which have a given length after they were text. Text does
 * not always tokenise to what it was made from, so it is read again, cut or filled up, until it
 * does (as vLLM's random dataset does it).
 */
final class PromptWriter {
  private static final int ATTEMPTS = 10;

  private final Tokenizer tokenizer;
  private final RandomGenerator random;
  private final int[] allowed;

  PromptWriter(Tokenizer tokenizer, RandomGenerator random) {
    this.tokenizer = tokenizer;
    this.random = random;
    Set<Integer> special = tokenizer.specialIds();
    this.allowed =
        IntStream.range(0, tokenizer.vocabSize())
            .filter(id -> !special.contains(id) && isText(tokenizer.bytes(id, false)))
            .toArray();
    if (allowed.length == 0) {
      throw new IllegalArgumentException("the tokenizer has no token that is text by itself");
    }
  }

  /** Random tokens, each of which is text by itself. */
  int[] tokens(int count) {
    return random.ints(count, 0, allowed.length).map(i -> allowed[i]).toArray();
  }

  /**
   * A prompt that begins with {@code prefix} and has {@code count} random tokens after it.
   *
   * @param outputTokens how many the answer may have
   */
  PromptRequest write(int[] prefix, int count, int outputTokens) {
    int wanted = prefix.length + count;
    int[] ids = concat(prefix, tokens(count));
    for (int attempt = 1; ; attempt++) {
      String text = tokenizer.decode(ids, false);
      int[] read = tokenizer.encode(text, false);
      if (read.length == wanted || attempt == ATTEMPTS) {
        return new PromptRequest(text, read, read.length, outputTokens);
      }
      ids =
          read.length > wanted
              ? Arrays.copyOf(read, wanted)
              : concat(read, tokens(wanted - read.length));
    }
  }

  /** Bytes of half a character would become U+FFFD, which has other tokens. */
  private static boolean isText(byte[] bytes) {
    try {
      return !StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).isEmpty();
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  private static int[] concat(int[] first, int[] second) {
    int[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }
}
