package io.millrace.worker.gemm;

import io.millrace.worker.vector.DecoderLayer;
import io.millrace.worker.vector.DecoderShape;
import io.millrace.worker.vector.Linear;
import io.millrace.worker.vector.PackedMatrix.Order;
import io.millrace.worker.vector.Rehearsal;
import io.millrace.worker.vector.Team;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Decodes nonsense with a small model until the JVM has compiled what decoding needs. */
public final class WarmUp {
  private static final int WIDTH = 128;

  /** A prompt, and as many sequences. */
  private static final int TOKENS = 16;

  private static final int THREADS = 2;

  private final Gemm gemm;

  private WarmUp(Gemm gemm) {
    this.gemm = gemm;
  }

  /**
   * Takes some seconds.
   *
   * @param like the real model's
   */
  public static void run(Gemm gemm, DecoderShape like, int blockSize) {
    DecoderShape shape = Rehearsal.small(like, WIDTH, TOKENS);
    try (Team team = new Team(THREADS)) {
      new WarmUp(gemm).run(shape, blockSize, team);
    }
  }

  private void run(DecoderShape shape, int blockSize, Team team) {
    int heads = shape.heads() * shape.headDim();
    int all = heads + 2 * shape.headDim();
    DecoderLayer<NativeMatrix> layer =
        new DecoderLayer<>(
            linear(all, WIDTH, Order.PLAIN),
            linear(WIDTH, heads, Order.PLAIN),
            linear(2 * WIDTH, WIDTH, Order.HALVES),
            linear(WIDTH, WIDTH, Order.PLAIN),
            new float[0]);
    GemmDecoder decoder =
        new GemmDecoder(
            gemm, shape, List.of(layer), linear(WIDTH, WIDTH, Order.PLAIN), blockSize, team);
    int bytes = TOKENS * blockSize * shape.headDim() * Short.BYTES;
    PairedCache cache =
        new PairedCache(gemm, direct(bytes), direct(bytes), 1, blockSize, shape.headDim());
    int[] table = new int[TOKENS];
    List<Span> spans = new ArrayList<>(List.of(new Span(0, TOKENS, table)));
    for (int i = 0; i < TOKENS; i++) {
      spans.add(new Span(TOKENS - 1, 1, table));
    }
    int[] wanted = {0, TOKENS};
    Rehearsal.of(
        () -> {
          decoder.compute(new float[2 * TOKENS * WIDTH], spans, List.of(cache), wanted);
          decoder.likeliest();
          decoder.logits();
        });
  }

  private Linear<NativeMatrix> linear(int out, int in, Order order) {
    NativeMatrix matrix =
        new NativeMatrix(
            gemm, out, in, in, order, (first, count) -> new float[count * in], WarmUp::direct);
    return new Linear<>(matrix, new float[in], new float[0]);
  }

  private static ByteBuffer direct(int bytes) {
    return ByteBuffer.allocateDirect(bytes);
  }
}
