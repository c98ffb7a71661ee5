package io.millrace.engine.decoder.vector;

import io.millrace.engine.decoder.DecoderLayer;
import io.millrace.engine.decoder.DecoderShape;
import io.millrace.engine.decoder.DecoderWeights;
import io.millrace.engine.decoder.Linear;
import io.millrace.engine.decoder.RowOrder;
import io.millrace.engine.simd.ThreadTeam;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** A decoder of random weights that computes a whole sequence in double precision. */
public final class PlainDecoder {
  private static final int LAYERS = 2;

  private final DecoderShape shape;
  private final WeightFormat format;
  private final boolean narrow;
  private final Random random;
  private final List<Layer> layers = new ArrayList<>();
  private final Weights head;

  /**
   * A matrix, what its inputs are multiplied by, and what is added to its outputs.
   *
   * @param kept what the format keeps of the matrix
   */
  private record Weights(PlainMatrix plain, PlainMatrix kept, float[] factors, float[] bias) {
    double[] times(double[] x) {
      double[] scaled = x.clone();
      for (int i = 0; i < factors.length; i++) {
        scaled[i] *= factors[i];
      }
      double[] y = kept.times(scaled);
      for (int i = 0; i < bias.length; i++) {
        y[i] += bias[i];
      }
      return y;
    }

    <M> Linear<M> packed(Packing<M> packing, RowOrder order) {
      return packed(packing, plain.in(), order);
    }

    <M> Linear<M> packed(Packing<M> packing, int run, RowOrder order) {
      return new Linear<>(packing.pack(plain, run, order), factors, bias);
    }
  }

  private record Layer(
      Weights qkv, Weights output, Weights gateUp, Weights down, float[] headNorms) {}

  /** What a layer's tokens so far left for those that follow. */
  private record Seen(List<double[]> keys, List<double[]> values) {}

  /**
   * How a matrix is kept by what is tested.
   *
   * @param <M> what it is then
   */
  @FunctionalInterface
  public interface Packing<M> {
    M pack(PlainMatrix plain, int run, RowOrder order);
  }

  public PlainDecoder(
      DecoderShape shape,
      int vocab,
      WeightFormat format,
      boolean narrow,
      boolean biases,
      boolean headNorms,
      long seed) {
    this.shape = shape;
    this.format = format;
    this.narrow = narrow;
    this.random = new Random(seed);
    int all = (shape.heads() + 2 * shape.kvHeads()) * shape.headDim();
    int queries = shape.heads() * shape.headDim();
    for (int i = 0; i < LAYERS; i++) {
      float[] norms =
          headNorms ? numbers((shape.heads() + shape.kvHeads()) * shape.headDim()) : new float[0];
      layers.add(
          new Layer(
              weights(all, shape.hidden(), true, biases),
              weights(shape.hidden(), queries, false, biases),
              weights(2 * shape.intermediate(), shape.hidden(), true, biases),
              weights(shape.hidden(), shape.intermediate(), false, biases),
              norms));
    }
    this.head = weights(vocab, shape.hidden(), true, biases);
  }

  VectorForwardPass packed(int blockSize, int maxRows, ThreadTeam team) {
    return new VectorForwardPass(
        weights((plain, run, order) -> plain.pack(format, order)), blockSize, maxRows, false, team);
  }

  BatchForwardPass batched(int blockSize, ThreadTeam team) {
    return new BatchForwardPass(
        weights((plain, run, order) -> plain.pack(format, order)), blockSize, team);
  }

  /** Its weights, packed. */
  public <M> DecoderWeights<M> weights(Packing<M> packing) {
    List<DecoderLayer<M>> packed = new ArrayList<>();
    for (Layer layer : layers) {
      packed.add(
          new DecoderLayer<>(
              layer.qkv.packed(packing, RowOrder.PLAIN),
              layer.output.packed(packing, shape.headDim(), RowOrder.PLAIN),
              layer.gateUp.packed(packing, RowOrder.HALVES),
              layer.down.packed(packing, RowOrder.PLAIN),
              layer.headNorms));
    }
    return new DecoderWeights<>(shape, packed, head.packed(packing, RowOrder.PLAIN));
  }

  public int numLayers() {
    return LAYERS;
  }

  boolean hasNarrowValues() {
    return narrow;
  }

  /** The logits of what follows each token. */
  public double[][] logits(float[][] embedded) {
    List<Seen> seen =
        layers.stream().map(layer -> new Seen(new ArrayList<>(), new ArrayList<>())).toList();
    double[][] logits = new double[embedded.length][];
    for (int position = 0; position < embedded.length; position++) {
      double[] x = new double[shape.hidden()];
      for (int i = 0; i < x.length; i++) {
        x[i] = embedded[position][i];
      }
      for (int i = 0; i < LAYERS; i++) {
        Layer layer = layers.get(i);
        add(x, layer.output.times(attend(layer, seen.get(i), x, position)));
        add(x, layer.down.times(gated(layer.gateUp.times(normalized(x)))));
      }
      logits[position] = head.times(normalized(x));
    }
    return logits;
  }

  private double[] attend(Layer layer, Seen seen, double[] x, int position) {
    double[] qkv = layer.qkv.times(normalized(x));
    int width = shape.headDim();
    int turned = shape.heads() + shape.kvHeads();
    for (int i = 0; i < turned; i++) {
      normalizeHead(qkv, i * width, layer.headNorms);
      turn(qkv, i * width, position);
    }
    seen.keys.add(part(qkv, shape.heads() * width, turned * width));
    double[] values = part(qkv, turned * width, qkv.length);
    seen.values.add(
        IntStream.range(0, values.length)
            .mapToDouble(i -> narrow ? PlainMatrix.bfloat16(values[i]) : values[i])
            .toArray());
    double[] found = new double[shape.heads() * width];
    for (int i = 0; i < shape.heads(); i++) {
      find(part(qkv, i * width, (i + 1) * width), i, seen, position, found);
    }
    return found;
  }

  private void find(double[] query, int head, Seen seen, int position, double[] found) {
    int width = shape.headDim();
    int at = head * shape.kvHeads() / shape.heads() * width;
    int first = shape.window() > 0 ? Math.max(0, position - shape.window() + 1) : 0;
    double total = 0;
    for (int i = first; i <= position; i++) {
      double score = shape.slopes().length > 0 ? shape.slopes()[head] * (i - position) : 0;
      for (int j = 0; j < width; j++) {
        score += query[j] * seen.keys.get(i)[at + j];
      }
      total += Math.exp(score);
      for (int j = 0; j < width; j++) {
        found[head * width + j] += Math.exp(score) * seen.values.get(i)[at + j];
      }
    }
    for (int j = 0; j < width; j++) {
      found[head * width + j] /= total;
    }
  }

  private double[] gated(double[] both) {
    double[] gated = new double[shape.intermediate()];
    for (int i = 0; i < gated.length; i++) {
      gated[i] = both[i] / (1 + Math.exp(-both[i])) * both[gated.length + i];
    }
    return gated;
  }

  private double[] normalized(double[] x) {
    double norm = norm(x, shape.floor());
    return IntStream.range(0, x.length).mapToDouble(i -> x[i] / norm).toArray();
  }

  private void normalizeHead(double[] qkv, int at, float[] factors) {
    if (factors.length > 0) {
      double norm = norm(part(qkv, at, at + shape.headDim()), shape.headFloor());
      for (int i = at; i < at + shape.headDim(); i++) {
        qkv[i] *= factors[i] / norm;
      }
    }
  }

  private void turn(double[] qkv, int at, int position) {
    for (int i = 0; i < shape.headDim() && shape.turns().length > 0; i += 2) {
      double cosine = shape.turns()[position * shape.headDim() + i];
      double sine = shape.turns()[position * shape.headDim() + i + 1];
      double x = qkv[at + i];
      double y = qkv[at + i + 1];
      qkv[at + i] = x * cosine - y * sine;
      qkv[at + i + 1] = x * sine + y * cosine;
    }
  }

  private Weights weights(int out, int in, boolean factors, boolean biases) {
    PlainMatrix plain = PlainMatrix.random(random, out, in);
    return new Weights(
        plain,
        plain.kept(format),
        factors ? factors(in) : new float[0],
        biases ? numbers(out) : new float[0]);
  }

  /** Around the root of the width, as those of a norm. */
  private float[] factors(int in) {
    float[] factors = numbers(in);
    for (int i = 0; i < in; i++) {
      factors[i] = (float) (Math.sqrt(in) * (1 + 0.2 * factors[i]));
    }
    return factors;
  }

  private float[] numbers(int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    return numbers;
  }

  private static double norm(double[] of, double floor) {
    return Math.sqrt(
        floor * floor + IntStream.range(0, of.length).mapToDouble(i -> of[i] * of[i]).sum());
  }

  private static double[] part(double[] of, int from, int to) {
    return Arrays.copyOfRange(of, from, to);
  }

  private static void add(double[] to, double[] added) {
    for (int i = 0; i < to.length; i++) {
      to[i] += added[i];
    }
  }
}
