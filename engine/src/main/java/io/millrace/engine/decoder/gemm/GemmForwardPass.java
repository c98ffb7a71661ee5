package io.millrace.engine.decoder.gemm;

import io.millrace.engine.decoder.DecoderWeights;
import io.millrace.engine.decoder.Linear;
import io.millrace.engine.decoder.StepInput;
import io.millrace.engine.decoder.TiledForwardPass;
import io.millrace.engine.simd.ThreadTeam;
import java.util.stream.IntStream;

/**
 * The forward pass by a GEMM in bfloat16: activations and weights are bfloat16, sums and logits
 * float32.
 */
public final class GemmForwardPass extends TiledForwardPass<PanelMatrix, Activations, PairedCache> {
  private final GemmAttention attention;
  private final Lane[] lanes;

  /** The scratch memory of one thread. */
  private static final class Lane {
    private final Sums sums;

    /** Room for a row's pairs. */
    private final int[] line;

    /** Room for its numbers. */
    private final float[] numbers;

    Lane(Gemm gemm, int widest) {
      this.sums = new Sums(gemm);
      this.line = new int[widest];
      this.numbers = new float[widest];
    }
  }

  /**
   * @param blockSize tokens a block of the cache
   * @param team threads that compute; the caller closes it
   */
  public GemmForwardPass(
      Gemm gemm, DecoderWeights<PanelMatrix> weights, int blockSize, ThreadTeam team) {
    super(
        weights,
        team,
        activations(gemm, weights.shape().hidden()),
        activations(gemm, weights.shape().heads() * weights.shape().headDim()),
        activations(gemm, weights.shape().intermediate()));
    this.attention = new GemmAttention(gemm, shape(), blockSize, team.size());
    int heads = shape().heads() * shape().headDim();
    int widest = Math.max(Math.max(shape().hidden(), shape().intermediate()), heads);
    this.lanes =
        IntStream.range(0, team.size()).mapToObj(i -> new Lane(gemm, widest)).toArray(Lane[]::new);
  }

  @Override
  protected void prepare(StepInput step) {
    int padded = RowChunks.capacity(numRows());
    inputs().reserve(padded);
    attended().reserve(padded);
    gated().reserve(padded);
    reserveQkv();
    attention.plan(step.spans());
  }

  @Override
  protected void putNormalized(int row, float scale, float[] factors, int lane) {
    int width = shape().hidden();
    int[] line = lanes[lane].line;
    Pairs.roundProducts(x(), row * width, scale, factors, line, width);
    inputs().put(row, 0, line, width / 2);
  }

  @Override
  protected void putQueries(int row, int lane) {
    attention.putQueries(row, qkv(), row * qkvStride(), lane);
  }

  @Override
  protected void attend(PairedCache cache) {
    team()
        .forEach(
            attention.numParts(), (part, lane) -> attention.run(part, lane, cache, attended()));
  }

  @Override
  protected int outputs(PanelMatrix matrix) {
    return matrix.out();
  }

  @Override
  protected void put(
      Activations into, int row, int column, float[] numbers, int at, int count, int lane) {
    int[] line = lanes[lane].line;
    Pairs.round(numbers, at, line, count);
    into.put(row, column, line, count / 2);
  }

  /** Multiplies panel by panel: each serves all rows before the next one is read. */
  @Override
  protected void multiply(Linear<PanelMatrix> linear, Activations from, Epilogue epilogue) {
    PanelMatrix matrix = linear.matrix();
    int rows = numRows();
    if (matrix.takesInt8()) {
      roundToInt8(from, rows);
    }
    int size = RowChunks.size(rows);
    team()
        .forEachInStretches(
            matrix.numPanels(),
            (panel, lane) -> {
              for (int first = 0; first < rows; first += size) {
                int count = Math.min(size, rows - first);
                RowChunks.Chunk chunk = new RowChunks.Chunk(first, size, count);
                float[] sums = matrix.multiply(panel, from, chunk, lanes[lane].sums);
                epilogue.apply(new Tile(sums, matrix.width(), panel, first, count), lane);
              }
            });
  }

  private void roundToInt8(Activations rows, int count) {
    rows.int8().reserve(RowChunks.capacity(count));
    team()
        .forEachInStretches(
            count, (row, lane) -> rows.roundToInt8(row, lanes[lane].line, lanes[lane].numbers));
  }

  private static Activations activations(Gemm gemm, int width) {
    return new Activations(gemm, width, Activations.spread(width));
  }
}
