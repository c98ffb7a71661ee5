package io.millrace.engine.decoder.vector;

import io.millrace.engine.decoder.DecoderWeights;
import io.millrace.engine.decoder.LayerCache;
import io.millrace.engine.decoder.Linear;
import io.millrace.engine.decoder.Span;
import io.millrace.engine.decoder.StepInput;
import io.millrace.engine.decoder.TiledForwardPass;
import io.millrace.engine.simd.ThreadTeam;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The forward pass for any step, with vectors (JEP 338): a unit of weights is widened to float32
 * once, with the first rows, into memory that the caches hold, and multiplied by all others from
 * there.
 */
public final class BatchForwardPass
    extends TiledForwardPass<PackedMatrix, GroupedRows, LayerCache> {
  /** Rows of a tile: whole groups, whose sums stay in the first-level cache. */
  private static final int TILE_ROWS = 24 * MicroKernel.GROUP;

  /**
   * Columns of a panel that all rows are multiplied by before the next ones are widened: they stay
   * in the first-level cache, and memory goes on delivering in the meantime.
   */
  private static final int DEPTH = 64;

  private final VectorAttention decodeAttention;
  private final PromptAttention promptAttention;
  private final Lane[] lanes;

  /** The scratch memory of one thread. */
  private static final class Lane {
    private final float[] sums = new float[TILE_ROWS * PackedMatrix.STEP];
    private final float[] panel;

    Lane(int mostInputs) {
      this.panel = new float[mostInputs * PackedMatrix.STEP];
    }
  }

  /**
   * @param blockSize tokens a block of the cache: whole panels
   * @param team threads that compute; the caller closes it
   */
  public BatchForwardPass(DecoderWeights<PackedMatrix> weights, int blockSize, ThreadTeam team) {
    super(weights, team, rows(), rows(), rows());
    this.decodeAttention = new VectorAttention(shape(), blockSize, false, team.size());
    this.promptAttention = new PromptAttention(shape(), blockSize, team.size());
    int heads = shape().heads() * shape().headDim();
    int most = Math.max(heads, Math.max(shape().hidden(), shape().intermediate()));
    this.lanes = IntStream.range(0, team.size()).mapToObj(i -> new Lane(most)).toArray(Lane[]::new);
  }

  @Override
  protected void prepare(StepInput step) {
    inputs().reserve(numRows(), shape().hidden());
    attended().reserve(numRows(), shape().heads() * shape().headDim());
    gated().reserve(numRows(), shape().intermediate());
    reserveQkv();
    List<Span> spans = step.spans();
    int decoded = 0;
    while (decoded < spans.size() && spans.get(decoded).count() == 1) {
      decoded++;
    }
    List<Span> single = spans.subList(0, decoded);
    decodeAttention.plan(
        single.stream().mapToInt(Span::from).toArray(),
        single.stream().map(Span::table).toArray(int[][]::new));
    promptAttention.plan(decoded, spans.subList(decoded, spans.size()));
  }

  @Override
  protected void putNormalized(int row, float scale, float[] factors, int lane) {
    inputs().putProducts(row, x(), row * shape().hidden(), scale, factors);
  }

  @Override
  protected void attend(LayerCache cache) {
    int stride = qkvStride();
    int prompts = promptAttention.numParts();
    team()
        .forEach(
            prompts + decodeAttention.numParts(),
            (part, lane) -> {
              if (part < prompts) {
                promptAttention.run(part, lane, cache, qkv(), stride, attended());
              } else {
                decodeAttention.run(part - prompts, lane, cache, qkv(), stride);
              }
            });
    decodeAttention.collect(cache, attended().numbers(), MicroKernel.GROUP);
  }

  @Override
  protected int outputs(PackedMatrix matrix) {
    return matrix.out();
  }

  @Override
  protected void put(
      GroupedRows into, int row, int column, float[] numbers, int at, int count, int lane) {
    into.put(row, column, numbers, at, count);
  }

  /** Multiplies unit by unit: each serves all rows before the next one is read. */
  @Override
  protected void multiply(Linear<PackedMatrix> linear, GroupedRows from, Epilogue epilogue) {
    PackedMatrix matrix = linear.matrix();
    int rows = numRows();
    team()
        .forEachInStretches(
            matrix.numUnits(),
            (unit, lane) -> {
              Lane use = lanes[lane];
              for (int first = 0; first < rows; first += TILE_ROWS) {
                int count = Math.min(TILE_ROWS, rows - first);
                multiply(matrix, unit, from, first, count, use);
                epilogue.apply(new Tile(use.sums, PackedMatrix.STEP, unit, first, count), lane);
              }
            });
  }

  /** Multiplies a tile's rows, some columns of the unit after the others. */
  private static void multiply(
      PackedMatrix matrix, int unit, GroupedRows from, int first, int count, Lane use) {
    Arrays.fill(use.sums, 0, from.padded(count) * PackedMatrix.STEP, 0);
    // What no other tile needs is overwritten by the next columns, in the first-level cache.
    boolean kept = first > 0 || count == TILE_ROWS;
    int most = kept ? matrix.in() : DEPTH;
    for (int column = 0; column < matrix.in(); column += most) {
      int depth = Math.min(most, matrix.in() - column);
      int at = kept ? column * PackedMatrix.STEP : 0;
      int row = 0;
      if (first == 0) {
        row = MicroKernel.GROUP;
        int rows = Math.min(row, count);
        float[] x = from.numbers();
        matrix.widenAndMultiply(unit, column, depth, use.panel, at, rows, x, use.sums);
      }
      for (; row < count; row += MicroKernel.GROUP) {
        MicroKernel.multiply(
            Math.min(MicroKernel.GROUP, count - row),
            use.panel,
            at,
            depth,
            from.numbers(),
            from.at(first + row) + column * MicroKernel.GROUP,
            use.sums,
            row * PackedMatrix.STEP,
            PackedMatrix.STEP);
      }
    }
    for (int row = 0; row < count; row++) {
      matrix.finishUnit(unit, use.sums, row * PackedMatrix.STEP);
    }
  }

  private static GroupedRows rows() {
    return new GroupedRows(MicroKernel.GROUP);
  }
}
