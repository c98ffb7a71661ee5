package io.millrace.engine.decoder.gemm;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.decoder.DecoderShape;
import io.millrace.engine.decoder.RowOrder;
import io.millrace.engine.decoder.Span;
import io.millrace.engine.decoder.StepInput;
import io.millrace.engine.decoder.vector.PlainCache;
import io.millrace.engine.decoder.vector.PlainDecoder;
import io.millrace.engine.decoder.vector.PlainMatrix;
import io.millrace.engine.decoder.vector.TinyShape;
import io.millrace.engine.simd.ThreadTeam;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Some sequences that a {@link GemmForwardPass} computes step by step. Their blocks are scattered
 * and full of numbers, as those that other sequences left behind.
 */
final class GemmRun implements AutoCloseable {
  private final TinyDecoder model;
  private final int blockSize;
  private final Random random;
  private final Gemm gemm = new PlainGemm();
  private final ThreadTeam team;
  private final GemmForwardPass pass;
  private final List<PairedCache> cache;
  private final float[][][] embedded;
  private final int[][] tables;
  private final int[] done;
  private final float[][][] logits;

  /** The next tokens of a sequence. */
  record Chunk(int sequence, int count) {}

  /**
   * Has computed nothing yet.
   *
   * @param embedded [sequences, tokens, hidden]
   * @param seed of what is in the cache, and where
   */
  GemmRun(
      TinyDecoder model,
      PlainDecoder plain,
      int blockSize,
      int threads,
      float[][][] embedded,
      long seed) {
    this.model = model;
    this.blockSize = blockSize;
    this.random = new Random(seed);
    this.embedded = embedded;
    this.team = new ThreadTeam(threads);
    PlainDecoder.Packing<PanelMatrix> packing = this::pack;
    this.pass = new GemmForwardPass(gemm, plain.weights(packing), blockSize, team);
    int[] lengths = Arrays.stream(embedded).mapToInt(tokens -> tokens.length).toArray();
    int numBlocks = PlainCache.numBlocks(lengths, blockSize);
    this.cache = IntStream.range(0, plain.numLayers()).mapToObj(i -> cache(numBlocks)).toList();
    this.tables = PlainCache.scattered(lengths, blockSize, random);
    this.done = new int[embedded.length];
    this.logits =
        Arrays.stream(embedded).map(tokens -> new float[tokens.length][]).toArray(float[][][]::new);
  }

  /** All tokens' logits, [sequences, tokens, vocab]; null of those that were not computed. */
  float[][][] logits() {
    return logits;
  }

  /** How many tokens of a sequence are left. */
  int left(int sequence) {
    return embedded[sequence].length - done[sequence];
  }

  /** Computes chunks together, all of whose tokens are wanted, in any order. */
  void step(List<Chunk> chunks) {
    List<Integer> wanted = new ArrayList<>();
    int rows = chunks.stream().mapToInt(Chunk::count).sum();
    for (int row = 0; row < rows; row++) {
      wanted.add(row);
    }
    Collections.shuffle(wanted, random);
    int[][] places = places(chunks);
    float[] told = step(chunks, wanted.stream().mapToInt(row -> row).toArray());
    for (int i = 0; i < rows; i++) {
      int[] place = places[wanted.get(i)];
      int at = i * model.vocab();
      logits[place[0]][place[1]] = Arrays.copyOfRange(told, at, at + model.vocab());
    }
  }

  /** Computes chunks together, and returns the logits of some rows. */
  float[] step(List<Chunk> chunks, int[] wanted) {
    int width = model.shape().hidden();
    int[][] places = places(chunks);
    float[] hidden = new float[places.length * width];
    for (int row = 0; row < places.length; row++) {
      float[] token = embedded[places[row][0]][places[row][1]];
      System.arraycopy(token, 0, hidden, row * width, width);
    }
    List<Span> spans = new ArrayList<>();
    for (Chunk chunk : chunks) {
      int from = done[chunk.sequence];
      done[chunk.sequence] += chunk.count;
      // As the real tables, which end with the last token's block.
      int blocks = (done[chunk.sequence] - 1) / blockSize + 1;
      spans.add(new Span(from, chunk.count, Arrays.copyOf(tables[chunk.sequence], blocks)));
    }
    pass.run(new StepInput(spans, new int[places.length], wanted), hidden, cache);
    float[] told = pass.logits();
    assertThat(told).hasSize(wanted.length * model.vocab());
    assertThat(pass.argmax()).isEqualTo(TinyShape.likeliest(told, model.vocab()));
    return told;
  }

  /**
   * Computes all sequences to their ends. One more begins with every step, and each has chunks for
   * two thirds of its tokens, as a prompt, and then single tokens, which come first in a step.
   */
  void toEnd(int chunk) {
    for (int step = 0; IntStream.range(0, done.length).anyMatch(i -> left(i) > 0); step++) {
      List<Chunk> chunks = new ArrayList<>();
      for (int i = 0; i <= Math.min(step, done.length - 1); i++) {
        int prompt = (embedded[i].length * 2 + 2) / 3;
        int count = done[i] < prompt ? Math.min(chunk, prompt - done[i]) : Math.min(1, left(i));
        if (count > 0) {
          chunks.add(new Chunk(i, count));
        }
      }
      Collections.shuffle(chunks, random);
      chunks.sort(Comparator.comparing(it -> it.count > 1));
      step(chunks);
    }
  }

  @Override
  public void close() {
    team.close();
  }

  /** Each row's sequence and position. */
  private int[][] places(List<Chunk> chunks) {
    List<int[]> places = new ArrayList<>();
    for (Chunk chunk : chunks) {
      for (int i = 0; i < chunk.count; i++) {
        places.add(new int[] {chunk.sequence, done[chunk.sequence] + i});
      }
    }
    return places.toArray(int[][]::new);
  }

  private PanelMatrix pack(PlainMatrix plain, int run, RowOrder order) {
    return new Bfloat16Panels(
        gemm, plain.out(), plain.in(), run, order, plain::rows, ByteBuffer::allocateDirect);
  }

  /** What is left in it is large: a single number that counts is seen in all that follows. */
  private PairedCache cache(int numBlocks) {
    DecoderShape shape = model.shape();
    int bytes = numBlocks * shape.kvHeads() * blockSize * shape.headDim() * Short.BYTES;
    ByteBuffer keys = ByteBuffer.allocateDirect(bytes);
    ByteBuffer values = ByteBuffer.allocateDirect(bytes);
    PairedCache filled =
        new PairedCache(gemm, keys, values, shape.kvHeads(), blockSize, shape.headDim());
    float[] numbers = new float[2 * shape.headDim()];
    for (int slot = 0; slot < numBlocks * blockSize; slot++) {
      for (int head = 0; head < shape.kvHeads(); head++) {
        for (int i = 0; i < numbers.length; i++) {
          numbers[i] = (float) (10 * random.nextGaussian());
        }
        filled.write(slot / blockSize, head, slot % blockSize, numbers, 0, shape.headDim());
      }
    }
    return filled;
  }
}
