package io.millrace.engine.gemm;

import io.millrace.engine.vector.DecoderShape;
import io.millrace.engine.vector.Rehearsal;
import io.millrace.engine.vector.Team;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Decodes nonsense with a small model until the JVM has compiled what decoding needs. */
public final class WarmUp {
  private static final int WIDTH = 128;

  /** A prompt, and as many sequences. */
  private static final int TOKENS = 16;

  private static final int THREADS = 2;

  private WarmUp() {}

  /**
   * Takes some seconds.
   *
   * @param like the real model's
   */
  public static void run(Gemm gemm, DecoderShape like, int blockSize) {
    DecoderShape shape = Rehearsal.small(like, WIDTH, TOKENS);
    try (Team team = new Team(THREADS)) {
      rehearse(gemm, shape, blockSize, team);
    }
  }

  private static void rehearse(Gemm gemm, DecoderShape shape, int blockSize, Team team) {
    Rehearsal.Maker<NativeMatrix> maker =
        (out, in, order, source) ->
            new NativeMatrix(gemm, out, in, in, order, source, ByteBuffer::allocateDirect);
    GemmDecoder decoder =
        new GemmDecoder(
            gemm,
            shape,
            Rehearsal.layer(shape, maker),
            Rehearsal.head(shape, maker),
            blockSize,
            team);
    int bytes = TOKENS * blockSize * shape.headDim() * Short.BYTES;
    PairedCache cache =
        new PairedCache(
            gemm,
            ByteBuffer.allocateDirect(bytes),
            ByteBuffer.allocateDirect(bytes),
            shape.kvHeads(),
            blockSize,
            shape.headDim());
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
}
