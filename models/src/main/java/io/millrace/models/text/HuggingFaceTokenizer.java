package io.millrace.models.text;

import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.Unicode;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A {@code tokenizer.json} run by Hugging Face's own library, through the JNI functions of DJL.
 * DJL's class over them is left aside: it cuts texts at 512 tokens, reports its use over the
 * network, and copies much more than the ids.
 */
public final class HuggingFaceTokenizer implements Tokenizer {
  private static final TokenizersLibrary LIBRARY = TokenizersLibrary.LIB;
  private static final byte[] NOTHING = {};

  /**
   * The native library's regular expressions give up after ten million steps, and end the process
   * when they do. The patterns in use take up to three steps a character.
   */
  private static final int MAX_CHARACTERS = 1 << 21;

  private final Vocabulary vocabulary;
  private final TokenDecoder decoder;
  private final Set<Integer> specialIds;
  private final FewestTokens fewestTokens;

  /** Calls read, closing writes: a call on a freed handle would end the process. */
  private final ReadWriteLock lock = new ReentrantReadWriteLock();

  private long handle;

  /**
   * @param definition what a {@code tokenizer.json} holds
   * @throws IllegalArgumentException if it is no valid definition, or its decoder is of a kind that
   *     cannot be streamed
   */
  public HuggingFaceTokenizer(JsonNode definition) {
    this(definition, List.of());
  }

  /** The same with spellings, for which see {@link Vocabulary}. */
  HuggingFaceTokenizer(JsonNode definition, List<String> spellings) {
    this.vocabulary = new Vocabulary(definition, spellings);
    this.specialIds = vocabulary.specialIds();
    this.decoder = new TokenDecoder(definition.get("decoder"));
    this.fewestTokens = new FewestTokens(definition, vocabulary);
    Charsmap.check(definition);
    this.handle = open(definition.toString());
  }

  private static long open(String definition) {
    // A GPU would make DJL download another build of this library, which computes on the CPU.
    if (System.getenv("RUST_FLAVOR") == null && System.getProperty("RUST_FLAVOR") == null) {
      System.setProperty("RUST_FLAVOR", "cpu");
    }
    LibUtils.checkStatus();
    long handle;
    try {
      handle = LIBRARY.createTokenizerFromString(definition);
    } catch (RuntimeException e) {
      throw new IllegalArgumentException("the tokenizer is not valid: " + e.getMessage(), e);
    }
    LIBRARY.disableTruncation(handle);
    LIBRARY.disablePadding(handle);
    return handle;
  }

  @Override
  public int[] encode(String text, boolean addSpecialTokens) {
    if (text.length() > MAX_CHARACTERS) {
      throw new Invalid(
          null,
          "the prompt has %d characters; the limit is %d".formatted(text.length(), MAX_CHARACTERS));
    }
    // The native library cannot read halves of pairs, and would misread whole ones beside them.
    String wellFormed = Unicode.toWellFormed(text);
    return call(
        tokenizer -> {
          long encoding = LIBRARY.encode(tokenizer, wellFormed, addSpecialTokens);
          try {
            return Arrays.stream(LIBRARY.getTokenIds(encoding)).mapToInt(id -> (int) id).toArray();
          } finally {
            LIBRARY.deleteEncoding(encoding);
          }
        });
  }

  @Override
  public int fewestTokens(String text) {
    return fewestTokens.of(text);
  }

  @Override
  public String decode(int[] ids, boolean skipSpecialTokens) {
    // The library knows one id for each spelling.
    long[] known =
        Arrays.stream(ids)
            .mapToObj(vocabulary::sameSpelling)
            .flatMapToInt(OptionalInt::stream)
            .asLongStream()
            .toArray();
    return call(tokenizer -> LIBRARY.decode(tokenizer, known, skipSpecialTokens));
  }

  private <T> T call(LongFunction<T> function) {
    lock.readLock().lock();
    try {
      if (handle == 0) {
        throw new IllegalStateException("the tokenizer is closed");
      }
      return function.apply(handle);
    } finally {
      lock.readLock().unlock();
    }
  }

  @Override
  public byte[] bytes(int id, boolean first) {
    String token = token(id);
    return token == null ? NOTHING : decoder.bytes(token, first);
  }

  @Override
  public boolean replacesEachByte() {
    return decoder.replacesEachByte();
  }

  /** The token as the vocabulary spells it, or null if there is no such id. */
  @Nullable String token(int id) {
    return vocabulary.token(id);
  }

  @Override
  public OptionalInt id(String token) {
    return vocabulary.id(token);
  }

  @Override
  public int vocabSize() {
    return vocabulary.size();
  }

  @Override
  public Set<Integer> specialIds() {
    return specialIds;
  }

  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      if (handle != 0) {
        LIBRARY.deleteTokenizer(handle);
        handle = 0;
      }
    } finally {
      lock.writeLock().unlock();
    }
  }
}
