package io.millrace.engine.gemm;

import io.millrace.engine.vector.DecoderLayer;
import io.millrace.engine.vector.DecoderShape;
import io.millrace.engine.vector.Heads;
import io.millrace.engine.vector.Lanes;
import io.millrace.engine.vector.Linear;
import io.millrace.engine.vector.Team;
import java.util.List;
import java.util.stream.IntStream;
import jdk.incubator.vector.FloatVector;

/**
 * Runs a decoder-only transformer for any number of tokens of any number of sequences. Its
 * residuals, sums and logits are float32; what matrices are multiplied by is bfloat16.
 *
 * <p>For one thread at a time.
 */
public final class GemmDecoder {
  /** Rows that a lane does something small to at once. */
  private static final int STRETCH = 8;

  private final DecoderShape shape;
  private final List<DecoderLayer<NativeMatrix>> layers;
  private final Linear<NativeMatrix> head;
  private final Team team;
  private final Heads heads;
  private final PagedAttention attention;
  private final Activations inputs;
  private final Activations attended;
  private final Activations gated;
  private final Lane[] lanes;
  private float[] hidden = {};
  private float[] qkv = {};
  private int rows;

  /** What one thread computes in. */
  private static final class Lane {
    private final Sums sums;
    private final int[] line;

    Lane(Gemm gemm, int widest) {
      this.sums = new Sums(gemm);
      sums.reserve(RowChunks.MOST_ROWS * NativeMatrix.MOST_WIDTH);
      this.line = new int[widest / 2];
    }
  }

  /**
   * Some rows' sums of one panel.
   *
   * @param sums [count, width]
   * @param first row
   */
  private record Piece(float[] sums, int width, int panel, int first, int count) {
    /** First output. */
    int column() {
      return panel * width;
    }

    /** How many outputs there are, if there are so many in all. */
    int columns(int all) {
      return Math.min(width, all - column());
    }

    /** Where a row's sums begin. */
    int at(int row) {
      return row * width;
    }
  }

  /** Something small that is done to some rows. */
  @FunctionalInterface
  private interface Stretch {
    void run(int begin, int end, int lane);
  }

  /** What is done with a piece. */
  @FunctionalInterface
  private interface Result {
    void take(Piece piece, int lane);
  }

  /**
   * @param head of the output
   * @param blockSize tokens a block of the cache
   * @param team belongs to another
   */
  public GemmDecoder(
      Gemm gemm,
      DecoderShape shape,
      List<DecoderLayer<NativeMatrix>> layers,
      Linear<NativeMatrix> head,
      int blockSize,
      Team team) {
    this.shape = shape;
    this.layers = List.copyOf(layers);
    this.head = head;
    this.team = team;
    this.heads = new Heads(shape);
    this.attention = new PagedAttention(gemm, shape, blockSize, team.size());
    this.inputs = new Activations(gemm, Activations.spread(shape.hidden()));
    this.attended = new Activations(gemm, Activations.spread(shape.heads() * shape.headDim()));
    this.gated = new Activations(gemm, Activations.spread(shape.intermediate()));
    int widest = Math.max(shape.hidden(), NativeMatrix.MOST_WIDTH);
    this.lanes =
        IntStream.range(0, team.size()).mapToObj(i -> new Lane(gemm, widest)).toArray(Lane[]::new);
  }

  /**
   * Computes tokens, and writes their keys and values into the cache.
   *
   * @param embedded [tokens, hidden], which is changed
   * @param spans all of them, in the same order
   * @param cache of each layer
   * @param wanted the rows of which {@link #logits} and {@link #likeliest} tell
   */
  public void compute(float[] embedded, List<Span> spans, List<PairedCache> cache, int[] wanted) {
    rows = embedded.length / shape.hidden();
    hidden = embedded;
    reserve();
    attention.plan(spans);
    int[] positions = new int[rows];
    int[][] tables = new int[rows][];
    int row = 0;
    for (Span span : spans) {
      for (int i = 0; i < span.count(); i++, row++) {
        positions[row] = span.from() + i;
        tables[row] = span.table();
      }
    }
    for (int i = 0; i < layers.size(); i++) {
      attend(layers.get(i), cache.get(i), positions, tables);
      feedForward(layers.get(i));
    }
    keep(wanted);
    normalize(head.factors());
  }

  /** [wanted x vocab], what was computed of the next tokens. */
  public float[] logits() {
    int vocab = head.matrix().out();
    float[] logits = new float[Math.multiplyExact(rows, vocab)];
    multiply(
        head,
        inputs,
        (piece, lane) -> {
          copy(piece, logits, vocab);
          for (int row = 0; row < piece.count; row++) {
            int at = (piece.first + row) * vocab + piece.column();
            addBias(head.bias(), piece.column(), piece.columns(vocab), logits, at);
          }
        });
    return logits;
  }

  /** Each wanted row's likeliest next token; of equally likely ones the lowest. */
  public int[] likeliest() {
    Likeliest likeliest = new Likeliest(team.size(), rows);
    multiply(
        head,
        inputs,
        (piece, lane) -> {
          int columns = piece.columns(head.matrix().out());
          for (int row = 0; row < piece.count; row++) {
            int at = piece.at(row);
            addBias(head.bias(), piece.column(), columns, piece.sums, at);
            likeliest.offer(lane, piece.first + row, piece.sums, at, columns, piece.column());
          }
        });
    return likeliest.tokens();
  }

  private void reserve() {
    int padded = RowChunks.capacity(rows);
    inputs.reserve(padded);
    attended.reserve(padded);
    gated.reserve(padded);
    int needed = rows * layers.get(0).qkv().matrix().out();
    if (qkv.length < needed) {
      qkv = new float[needed];
    }
  }

  private void attend(
      DecoderLayer<NativeMatrix> layer, PairedCache cache, int[] positions, int[][] tables) {
    normalize(layer.qkv().factors());
    int width = layer.qkv().matrix().out();
    multiply(layer.qkv(), inputs, (piece, lane) -> copy(piece, qkv, width));
    forEachStretch(
        (begin, end, lane) -> {
          for (int row = begin; row < end; row++) {
            layer.qkv().addBias(qkv, row * width);
            heads.prepare(layer.headNorms(), qkv, row * width, positions[row]);
          }
          for (int row = begin; row < end; row++) {
            heads.write(cache, tables[row], qkv, row * width, positions[row]);
            attention.putQueries(row, qkv, row * width, lane);
          }
        });
    team.forEach(attention.numParts(), (part, lane) -> attention.run(part, lane, cache, attended));
    addToHidden(layer.output(), attended);
  }

  private void feedForward(DecoderLayer<NativeMatrix> layer) {
    normalize(layer.gateUp().factors());
    float[] bias = layer.gateUp().bias();
    multiply(layer.gateUp(), inputs, (piece, lane) -> gate(bias, piece, lane));
    addToHidden(layer.down(), gated);
  }

  /**
   * RMSNorm (arXiv:1910.07467).
   *
   * @param factors its weight, and the root of the width
   */
  private void normalize(float[] factors) {
    int width = shape.hidden();
    forEachStretch(
        (begin, end, lane) -> {
          int[] line = lanes[lane].line;
          for (int row = begin; row < end; row++) {
            float scale = 1 / Lanes.norm(hidden, row * width, width, shape.floor());
            Pairs.roundProducts(hidden, row * width, scale, factors, line, width);
            inputs.put(row, 0, line, width / 2);
          }
        });
  }

  /** Applies the gate: half of a panel are gates, half what they gate. */
  private void gate(float[] bias, Piece piece, int lane) {
    int half = piece.width / 2;
    int column = piece.panel * half;
    int columns = Math.min(half, shape.intermediate() - column);
    int[] line = lanes[lane].line;
    for (int row = 0; row < piece.count; row++) {
      int at = piece.at(row);
      addBias(bias, column, columns, piece.sums, at);
      addBias(bias, shape.intermediate() + column, columns, piece.sums, at + half);
      for (int i = 0; i < half; i += Lanes.COUNT) {
        Lanes.gated(
                FloatVector.fromArray(Lanes.FLOATS, piece.sums, at + i),
                FloatVector.fromArray(Lanes.FLOATS, piece.sums, at + half + i))
            .intoArray(piece.sums, at + i);
      }
    }
    for (int row = 0; row < piece.count; row++) {
      Pairs.round(piece.sums, piece.at(row), line, columns);
      gated.put(piece.first + row, column, line, columns / 2);
    }
  }

  private void addToHidden(Linear<NativeMatrix> linear, Activations from) {
    int width = shape.hidden();
    multiply(
        linear,
        from,
        (piece, lane) -> {
          int columns = piece.columns(width);
          for (int row = 0; row < piece.count; row++) {
            int at = piece.at(row);
            addBias(linear.bias(), piece.column(), columns, piece.sums, at);
            int into = (piece.first + row) * width + piece.column();
            Lanes.add(piece.sums, at, hidden, into, columns);
          }
        });
  }

  private static void copy(Piece piece, float[] into, int width) {
    for (int row = 0; row < piece.count; row++) {
      int at = (piece.first + row) * width + piece.column();
      System.arraycopy(piece.sums, piece.at(row), into, at, piece.columns(width));
    }
  }

  private static void addBias(float[] bias, int from, int count, float[] y, int at) {
    if (bias.length > 0) {
      Lanes.add(bias, from, y, at, count);
    }
  }

  /** Leaves nothing but some rows. */
  private void keep(int[] wanted) {
    int width = shape.hidden();
    float[] kept = new float[wanted.length * width];
    for (int i = 0; i < wanted.length; i++) {
      System.arraycopy(hidden, wanted[i] * width, kept, i * width, width);
    }
    hidden = kept;
    rows = wanted.length;
  }

  /** A panel of the matrix serves all rows before the next one is read. */
  private void multiply(Linear<NativeMatrix> linear, Activations from, Result result) {
    NativeMatrix matrix = linear.matrix();
    int chunk = RowChunks.size(rows);
    team.forEachInStretches(
        matrix.numPanels(),
        (panel, lane) -> {
          Sums sums = lanes[lane].sums;
          for (int first = 0; first < rows; first += chunk) {
            int count = Math.min(chunk, rows - first);
            matrix.multiply(panel, from, first, chunk, sums.address());
            float[] read = sums.read(count * matrix.width());
            result.take(new Piece(read, matrix.width(), panel, first, count), lane);
          }
        });
  }

  /**
   * Some rows at once: reading as vectors what was just written number by number would wait for it.
   */
  private void forEachStretch(Stretch action) {
    team.forEach(
        (rows + STRETCH - 1) / STRETCH,
        (part, lane) -> action.run(part * STRETCH, Math.min(rows, (part + 1) * STRETCH), lane));
  }
}
