package io.millrace.engine.decoder.cuda;

import io.millrace.engine.cuda.KernelSource;
import io.millrace.engine.cuda.NumberType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** The kernels' source, which lies in resources, and the numbers that it shares with Java. */
final class DecoderKernels {
  /** Numbers of a row that a warp takes together: rows are padded to whole ones. */
  static final int CHUNK = 32;

  /** Outputs of a weight that are computed together: weights are padded to whole tiles. */
  static final int TILE = 16;

  /** Rows, or columns of attention, that the tensor cores take at once. */
  static final int EIGHT = 8;

  /** Threads of a block of linear.cu. */
  static final int LINEAR_THREADS = 256;

  /** Shared memory that linear.cu declares, at most. */
  static final int LINEAR_SHARED_BYTES = 9 << 10;

  /** Threads of a block of attention.cu. */
  static final int ATTENTION_THREADS = 128;

  /** Threads of a block of sampling.cu. */
  static final int SAMPLING_THREADS = 1024;

  /** The widest head that registers and shared memory hold. */
  static final int WIDEST_HEAD = 256;

  private static final int WIDE_HEAD = 128;

  private static final List<String> TEXTS =
      List.of(
          "numbers.cu",
          "linear.cu",
          "stages.cu",
          "attention_chunk.cu",
          "attention.cu",
          "sampling.cu");

  private DecoderKernels() {}

  /** All kernels of a decoder. */
  static KernelSource of(NumberType type, int headDim) {
    StringBuilder text = new StringBuilder();
    TEXTS.forEach(name -> text.append(text(name)));
    return new KernelSource(
        "decoder.cu", text.toString(), Map.of("NUMBER", type.ordinal(), "HEAD_DIM", headDim));
  }

  /** Columns of a tile of a prompt in attention_chunk.cu: 8 PROMPT_EIGHTS. */
  static int promptColumns(NumberType type, int headDim) {
    boolean few = type == NumberType.FLOAT32 || padded(headDim, CHUNK) > WIDE_HEAD;
    return EIGHT * (few ? 2 : 4);
  }

  /** The least multiple that is no less. */
  static int padded(int number, int multiple) {
    return (number + multiple - 1) / multiple * multiple;
  }

  private static String text(String name) {
    try (InputStream text = DecoderKernels.class.getResourceAsStream(name)) {
      if (text == null) {
        throw new IOException(name + " is not on the class path");
      }
      return new String(text.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
