package io.millrace.engine.vector;

import java.util.List;
import jdk.incubator.vector.FloatVector;

/**
 * Runs a decoder-only transformer for the next token of each of a few sequences, in Java with
 * vectors (JEP 338). One row is bound by how fast weights are read, and reading them is all that
 * happens here: there is no operator to call, and nothing to start or to wait for between two
 * matrices but the end of the one before.
 *
 * <p>For one thread at a time.
 */
public final class VectorDecoder {
  private final DecoderShape shape;
  private final List<DecoderLayer<PackedMatrix>> layers;
  private final Linear<PackedMatrix> head;
  private final Team team;
  private final Heads heads;
  private final Attention attention;
  private final int maxRows;
  private final float[] inputs;
  private final float[] gated;
  private final float[] results;
  private float[] hidden = {};
  private int rows;
  private int group;

  /**
   * @param head of the output
   * @param blockSize tokens a block of the cache
   * @param maxRows sequences that are computed at once, at most
   * @param team belongs to another
   */
  public VectorDecoder(
      DecoderShape shape,
      List<DecoderLayer<PackedMatrix>> layers,
      Linear<PackedMatrix> head,
      int blockSize,
      int maxRows,
      Team team) {
    this.shape = shape;
    this.layers = List.copyOf(layers);
    this.head = head;
    this.team = team;
    this.heads = new Heads(shape);
    this.attention = new Attention(shape, blockSize, team.size());
    this.maxRows = maxRows;
    int padded = PackedMatrix.padded(maxRows);
    this.inputs = new float[padded * Math.max(shape.hidden(), shape.heads() * shape.headDim())];
    this.gated = new float[padded * shape.intermediate()];
    this.results = new float[padded * widest()];
  }

  /** Most sequences that are computed at once. */
  public int maxRows() {
    return maxRows;
  }

  /**
   * Computes one token a row, and writes its key and value into the cache.
   *
   * @param embedded [rows, hidden], which is changed
   * @param positions of the tokens
   * @param tables block tables of the rows' sequences, the new token's block included
   * @param cache of each layer
   */
  public void compute(float[] embedded, int[] positions, int[][] tables, List<LayerCache> cache) {
    rows = positions.length;
    group = PackedMatrix.groupOf(rows);
    hidden = embedded;
    attention.plan(positions, tables);
    for (int i = 0; i < layers.size(); i++) {
      attend(layers.get(i), cache.get(i), positions, tables);
      feedForward(layers.get(i));
    }
    normalize(head.factors());
    multiply(head, inputs);
    for (int row = 0; row < rows; row++) {
      head.addBias(results, row * head.matrix().stride());
    }
  }

  /** [rows x vocab], what was computed of the next tokens. */
  public float[] logits() {
    int vocab = head.matrix().out();
    float[] logits = new float[rows * vocab];
    for (int row = 0; row < rows; row++) {
      System.arraycopy(results, row * head.matrix().stride(), logits, row * vocab, vocab);
    }
    return logits;
  }

  /** Each row's likeliest next token; of equally likely ones the lowest. */
  public int[] likeliest() {
    int[] tokens = new int[rows];
    team.forEach(rows, (row, lane) -> tokens[row] = likeliest(row * head.matrix().stride()));
    return tokens;
  }

  private void attend(
      DecoderLayer<PackedMatrix> layer, LayerCache cache, int[] positions, int[][] tables) {
    normalize(layer.qkv().factors());
    multiply(layer.qkv(), inputs);
    int stride = layer.qkv().matrix().stride();
    for (int row = 0; row < rows; row++) {
      int at = row * stride;
      layer.qkv().addBias(results, at);
      heads.prepare(layer.headNorms(), results, at, positions[row]);
      heads.write(cache, tables[row], results, at, positions[row]);
    }
    team.forEach(
        attention.numParts(), (part, lane) -> attention.run(part, lane, cache, results, stride));
    attention.collect(cache, inputs, group);
    multiply(layer.output(), inputs);
    addToHidden(layer.output());
  }

  private void feedForward(DecoderLayer<PackedMatrix> layer) {
    normalize(layer.gateUp().factors());
    PackedMatrix matrix = layer.gateUp().matrix();
    team.forEachInStretches(
        matrix.numUnits(),
        (unit, lane) -> {
          matrix.multiply(unit, inputs, rows, results);
          gate(layer.gateUp(), unit);
        });
    multiply(layer.down(), gated);
    addToHidden(layer.down());
  }

  private void multiply(Linear<PackedMatrix> linear, float[] from) {
    PackedMatrix matrix = linear.matrix();
    team.forEachInStretches(
        matrix.numUnits(), (unit, lane) -> matrix.multiply(unit, from, rows, results));
  }

  /** RMSNorm (arXiv:1910.07467); its weight and the root of the width are among the factors. */
  private void normalize(float[] factors) {
    int width = shape.hidden();
    for (int row = 0; row < rows; row++) {
      float scale = 1 / Lanes.norm(hidden, row * width, width, shape.floor());
      int into = PackedMatrix.firstPlace(row, group, width);
      for (int i = 0; i < width; i++) {
        float factor = factors.length == 0 ? scale : scale * factors[i];
        inputs[into + i * group] = hidden[row * width + i] * factor;
      }
    }
  }

  /** Applies the gate to what a unit computed: a block of gates, then one of what they gate. */
  private void gate(Linear<PackedMatrix> gateUp, int unit) {
    int stride = gateUp.matrix().stride();
    int first = unit * Lanes.COUNT;
    int count = Math.min(Lanes.COUNT, shape.intermediate() - first);
    for (int row = 0; row < rows; row++) {
      int at = row * stride + unit * PackedMatrix.STEP;
      addGateBias(gateUp.bias(), first, count, at);
      FloatVector product =
          Lanes.gated(
              FloatVector.fromArray(Lanes.FLOATS, results, at),
              FloatVector.fromArray(Lanes.FLOATS, results, at + Lanes.COUNT));
      product.intoArray(results, at);
      int into = PackedMatrix.firstPlace(row, group, shape.intermediate()) + first * group;
      for (int i = 0; i < count; i++) {
        gated[into + i * group] = results[at + i];
      }
    }
  }

  private void addGateBias(float[] bias, int first, int count, int at) {
    if (bias.length == 0) {
      return;
    }
    for (int i = 0; i < count; i++) {
      results[at + i] += bias[first + i];
      results[at + Lanes.COUNT + i] += bias[shape.intermediate() + first + i];
    }
  }

  private void addToHidden(Linear<PackedMatrix> linear) {
    int stride = linear.matrix().stride();
    for (int row = 0; row < rows; row++) {
      linear.addBias(results, row * stride);
      for (int i = 0; i < shape.hidden(); i++) {
        hidden[row * shape.hidden() + i] += results[row * stride + i];
      }
    }
  }

  private int likeliest(int at) {
    int best = 0;
    for (int i = 1; i < head.matrix().out(); i++) {
      if (results[at + i] > results[at + best]) {
        best = i;
      }
    }
    return best;
  }

  private int widest() {
    int widest = head.matrix().stride();
    for (DecoderLayer<PackedMatrix> layer : layers) {
      widest = Math.max(widest, layer.qkv().matrix().stride());
      widest = Math.max(widest, layer.output().matrix().stride());
      widest = Math.max(widest, layer.gateUp().matrix().stride());
      widest = Math.max(widest, layer.down().matrix().stride());
    }
    return widest;
  }
}
