package io.millrace.engine.decoder.gemm;

import io.millrace.engine.decoder.AttentionMask;
import io.millrace.engine.decoder.DecoderShape;
import io.millrace.engine.decoder.Span;
import io.millrace.engine.simd.Bfloat16;
import io.millrace.engine.simd.Lanes;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Attention of prompts and single tokens over the paged cache. A prompt's blocks are multiplied
 * where they lie: the queries of a tile of tokens, and of all heads that share a key, by one block
 * after the other; single tokens are {@link TokenAttention}.
 */
final class GemmAttention {
  /** Tokens of a tile, if their scores are few enough. */
  private static final int[] TILES = {32, 16, 8};

  /** With fewer sequences than this for each thread, a part is a single head. */
  private static final int PARTS_A_LANE = 4;

  /** Most scores of a tile: about as many as fit into a thread's second-level cache. */
  private static final int MOST_SCORES = 1 << 17;

  private final Gemm gemm;
  private final DecoderShape shape;
  private final AttentionMask mask;
  private final int blockSize;
  private final Activations queries;
  private final Scratch[] scratch;
  private List<Part> parts = List.of();
  private int capacity;

  /**
   * A tile: consecutive tokens of a span that are computed together.
   *
   * @param row of the first token, in the step
   * @param computed rows that are computed, which may be more than there are tokens; results of the
   *     rest are ignored
   * @param firstBlock the first block that the tokens see
   */
  private record Tile(
      int row, int position, int count, int computed, int[] table, int firstBlock, int numBlocks) {}

  /** A tile's heads of keys that one thread computes, block by block: of several tokens one. */
  private record Part(Tile tile, int firstHead, int heads) {}

  /** The scratch memory of one thread. */
  private final class Scratch {
    private final Sums scores = new Sums(gemm);
    private final Sums sums = new Sums(gemm);
    private final TokenAttention token = new TokenAttention(shape, blockSize);
    private final int[] line = new int[shape.headDim() / 2];
    private int[] weights = {};
    private IntBuffer nativeWeights = IntBuffer.allocate(0);
    private long weightsAddress;
    private float[] totals = {};

    void reserve(int rows, int context) {
      sums.reserve(rows * shape.headDim());
      scores.reserve(rows * context);
      if (totals.length < rows) {
        totals = new float[rows];
      }
      if (weights.length < rows * context / 2) {
        weights = new int[rows * context / 2];
        ByteBuffer memory = Activations.aligned((long) weights.length * Integer.BYTES);
        nativeWeights = memory.asIntBuffer();
        weightsAddress = gemm.address(memory);
      }
    }
  }

  GemmAttention(Gemm gemm, DecoderShape shape, int blockSize, int threads) {
    this.gemm = gemm;
    this.shape = shape;
    this.mask = new AttentionMask(shape);
    this.blockSize = blockSize;
    this.queries = new Activations(gemm, shape.group() * shape.headDim());
    this.scratch = IntStream.range(0, threads).mapToObj(i -> new Scratch()).toArray(Scratch[]::new);
  }

  /** Prepares a step. */
  void plan(List<Span> spans) {
    List<Part> planned = new ArrayList<>();
    // A block's heads lie together, and memory is read fastest in long stretches.
    int together = spans.size() < scratch.length * PARTS_A_LANE ? 1 : shape.kvHeads();
    int row = 0;
    for (Span span : spans) {
      int size = tileSize(span);
      for (int done = 0; done < span.count(); done += size) {
        Tile tile = tile(span, row, done, Math.min(size, span.count() - done));
        int heads = tile.count == 1 ? together : 1;
        for (int head = 0; head < shape.kvHeads(); head += heads) {
          planned.add(new Part(tile, head, heads));
        }
      }
      row += span.count();
    }
    parts = planned;
    capacity = row + TILES[0];
    queries.reserve(capacity * shape.kvHeads());
  }

  int numParts() {
    return parts.size();
  }

  /** Stores a row's queries. */
  void putQueries(int row, float[] from, int at, int lane) {
    int[] line = scratch[lane].line;
    int headDim = shape.headDim();
    for (int head = 0; head < shape.heads(); head++) {
      Pairs.round(from, at + head * headDim, line, headDim);
      int of = head / shape.group() * capacity + row;
      queries.put(of, head % shape.group() * headDim, line, line.length);
    }
  }

  /** Computes one part, into the columns of its heads. */
  void run(int part, int lane, PairedCache cache, Activations outputs) {
    Part own = parts.get(part);
    if (own.tile.count == 1) {
      runToken(own, scratch[lane].token, cache, outputs);
    } else {
      runTile(own, scratch[lane], cache, outputs);
    }
  }

  private void runToken(Part part, TokenAttention by, PairedCache cache, Activations outputs) {
    Tile tile = part.tile;
    for (int i = 0; i < part.heads; i++) {
      by.takeQueries(i, queries, (part.firstHead + i) * capacity + tile.row);
    }
    by.run(
        new TokenAttention.Part(
            tile.row,
            tile.position,
            tile.table,
            tile.firstBlock,
            tile.numBlocks,
            part.firstHead,
            part.heads),
        cache,
        outputs);
  }

  private void runTile(Part part, Scratch use, PairedCache cache, Activations outputs) {
    Tile tile = part.tile;
    int rows = tile.computed * shape.group();
    int scores = rows * blockSize;
    use.reserve(rows, tile.numBlocks * blockSize);
    Gemm.Shape scoring =
        new Gemm.Shape(rows, blockSize, shape.headDim(), shape.headDim(), blockSize, blockSize);
    for (int i = 0; i < tile.numBlocks; i++) {
      gemm.multiply(
          scoring,
          queries.address(part.firstHead * capacity + tile.row),
          cache.keys(tile.table[tile.firstBlock + i], part.firstHead),
          use.scores.address() + (long) i * scores * Float.BYTES,
          false);
    }
    weigh(part, use);
    Gemm.Shape adding =
        new Gemm.Shape(
            rows, shape.headDim(), blockSize, blockSize, shape.headDim(), shape.headDim());
    for (int i = 0; i < tile.numBlocks; i++) {
      gemm.multiply(
          adding,
          use.weightsAddress + (long) i * scores * Short.BYTES,
          cache.values(tile.table[tile.firstBlock + i], part.firstHead),
          use.sums.address(),
          i > 0);
    }
    collect(part, use, outputs);
  }

  private int tileSize(Span span) {
    int context = span.from() + span.count();
    return Arrays.stream(TILES)
        .filter(size -> size * shape.group() * context <= MOST_SCORES)
        .findFirst()
        .orElse(TILES[TILES.length - 1]);
  }

  private Tile tile(Span span, int row, int done, int count) {
    int position = span.from() + done;
    int firstBlock = shape.firstSeen(position) / blockSize;
    int numBlocks = (position + count - 1) / blockSize + 1 - firstBlock;
    int step = TILES[TILES.length - 1];
    int computed = count == 1 ? 1 : (count + step - 1) / step * step;
    return new Tile(row + done, position, count, computed, span.table(), firstBlock, numBlocks);
  }

  /** Turns scores into softmax weights that are not divided by their sums yet. */
  private void weigh(Part part, Scratch use) {
    Tile tile = part.tile;
    int rows = tile.computed * shape.group();
    int all = tile.numBlocks * rows * blockSize;
    float[] scores = use.scores.read(all);
    for (int row = 0; row < tile.count * shape.group(); row++) {
      int query = part.firstHead * shape.group() + row % shape.group();
      int position = tile.position + row / shape.group();
      int at = row * blockSize;
      int seen = position / blockSize + 1 - tile.firstBlock;
      for (int i = 0; i < seen; i++) {
        int from = (tile.firstBlock + i) * blockSize;
        mask.apply(scores, at + i * rows * blockSize, query, position, from, blockSize);
      }
      use.totals[row] = weigh(scores, use.weights, at, rows * blockSize, seen);
      for (int i = seen; i < tile.numBlocks; i++) {
        int unseen = at + i * rows * blockSize;
        Arrays.fill(use.weights, unseen / 2, (unseen + blockSize) / 2, 0);
      }
    }
    use.nativeWeights.put(0, use.weights, 0, all / 2);
  }

  /**
   * Turns one row of scores into weights.
   *
   * @param step distance from one block's scores to the next one's
   * @return their sum
   */
  private float weigh(float[] scores, int[] weights, int at, int step, int blocks) {
    float top = largest(scores, at, step, blocks);
    // One loop over all blocks: in two, each vector would become an object at the inner one's end;
    // and so it would in a loop that both raises and rounds.
    int place = at;
    int left = blockSize;
    for (int i = 0; i < blocks * blockSize; i += Lanes.COUNT) {
      FloatVector score = FloatVector.fromArray(Lanes.FLOATS, scores, place);
      Lanes.exp(score.sub(top)).intoArray(scores, place);
      place += Lanes.COUNT;
      left -= Lanes.COUNT;
      if (left == 0) {
        left = blockSize;
        place += step - blockSize;
      }
    }
    return round(scores, weights, at, step, blocks);
  }

  private float largest(float[] scores, int at, int step, int blocks) {
    FloatVector largest = FloatVector.fromArray(Lanes.FLOATS, scores, at);
    int place = at;
    int left = blockSize;
    for (int i = 0; i < blocks * blockSize; i += Lanes.COUNT) {
      largest = largest.max(FloatVector.fromArray(Lanes.FLOATS, scores, place));
      place += Lanes.COUNT;
      left -= Lanes.COUNT;
      if (left == 0) {
        left = blockSize;
        place += step - blockSize;
      }
    }
    return largest.reduceLanes(VectorOperators.MAX);
  }

  /**
   * Rounds weights to bfloat16 and returns the sum of the rounded ones, so that weights add up to
   * 1.
   */
  private float round(float[] numbers, int[] weights, int at, int step, int blocks) {
    FloatVector total = FloatVector.zero(Lanes.FLOATS);
    int place = at;
    int left = blockSize;
    for (int i = 0; i < blocks * blockSize; i += 2 * Lanes.COUNT) {
      FloatVector first = FloatVector.fromArray(Lanes.FLOATS, numbers, place);
      FloatVector second = FloatVector.fromArray(Lanes.FLOATS, numbers, place + Lanes.COUNT);
      IntVector words = Pairs.words(first, second);
      words.intoArray(weights, place / 2);
      total = total.add(Bfloat16.ofLow(words)).add(Bfloat16.ofHigh(words));
      place += 2 * Lanes.COUNT;
      left -= 2 * Lanes.COUNT;
      if (left == 0) {
        left = blockSize;
        place += step - blockSize;
      }
    }
    return total.reduceLanes(VectorOperators.ADD);
  }

  private void collect(Part part, Scratch use, Activations outputs) {
    Tile tile = part.tile;
    int headDim = shape.headDim();
    float[] sums = use.sums.read(tile.computed * shape.group() * headDim);
    for (int row = 0; row < tile.count * shape.group(); row++) {
      Lanes.scale(sums, row * headDim, 1 / use.totals[row], headDim);
      Pairs.round(sums, row * headDim, use.line, headDim);
      int query = part.firstHead * shape.group() + row % shape.group();
      outputs.put(tile.row + row / shape.group(), query * headDim, use.line, headDim / 2);
    }
  }
}
