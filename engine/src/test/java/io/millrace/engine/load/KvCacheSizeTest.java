package io.millrace.engine.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.engine.model.ModelSpec;
import io.millrace.engine.model.UnsupportedModel;
import io.millrace.testing.TinyCheckpoint;
import org.junit.jupiter.api.Test;

final class KvCacheSizeTest {
  /** Two layers of two heads of 16 numbers, keys and values, in float32. */
  private static final int BYTES_PER_TOKEN = 2 * 2 * 2 * 16 * 4;

  private static final ModelSpec SPEC = ModelSpec.of(TinyCheckpoint.llama().config());

  @Test
  void size_isWhatMemoryAllows() {
    KvCacheSize size = KvCacheSize.of(SPEC, Float.BYTES, 8, 32, 512, 100 * 8 * BYTES_PER_TOKEN + 1);
    assertThat(size.blocks()).isEqualTo(100);
    assertThat(size)
        .hasToString(
            "KV cache of 100 blocks of 8 tokens: 800 tokens in 0.4 MiB, enough for 1.6 sequences of"
                + " 512 tokens");
  }

  @Test
  void size_isTwiceAsMuchOfHalfAsWideNumbers() {
    int bytes = 100 * 8 * BYTES_PER_TOKEN;
    assertThat(KvCacheSize.of(SPEC, Short.BYTES, 8, 32, 512, bytes).blocks()).isEqualTo(200);
  }

  @Test
  void size_isNoMoreThanAllSequencesCanUse() {
    KvCacheSize size = KvCacheSize.of(SPEC, Float.BYTES, 8, 4, 100, Long.MAX_VALUE);
    assertThat(size.blocks()).isEqualTo(4 * 13);
  }

  @Test
  void size_thatHoldsNoBlockIsRefused() {
    assertThatThrownBy(() -> KvCacheSize.of(SPEC, Float.BYTES, 8, 4, 100, 1000))
        .isInstanceOf(UnsupportedModel.class)
        .hasMessage("a KV cache of 1000 bytes holds no block of 8 tokens, which takes 4096 bytes");
  }

  @Test
  void cacheOfLessThanOneFullPrompt_isTold() {
    KvCacheSize size = KvCacheSize.of(SPEC, Float.BYTES, 8, 32, 2001, 100 * 8 * BYTES_PER_TOKEN);
    assertThat(size.shortage())
        .contains(
            "the KV cache holds 800 tokens, and one prompt with its answer may have 2001: longer"
                + " ones than the cache are refused; --kv-cache-memory 1MiB would hold one of full"
                + " length");
    int bytes = 1024 * 1024;
    assertThat(KvCacheSize.of(SPEC, Float.BYTES, 8, 32, 2001, bytes).shortage()).isEmpty();
  }

  @Test
  void defaultBytes_leavesRoomForWeightsAndOthers() {
    assertThat(KvCacheSize.defaultBytes(1000, 200, false)).isEqualTo(200);
    assertThat(KvCacheSize.defaultBytes(1000, 200, true)).isEqualTo(720);
    assertThat(KvCacheSize.defaultBytes(100, 200, true)).isZero();
  }
}
