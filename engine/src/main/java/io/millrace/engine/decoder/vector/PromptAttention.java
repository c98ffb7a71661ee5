package io.millrace.engine.decoder.vector;

import io.millrace.engine.decoder.AttentionMask;
import io.millrace.engine.decoder.DecoderShape;
import io.millrace.engine.decoder.LayerCache;
import io.millrace.engine.decoder.Span;
import io.millrace.engine.simd.Lanes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Attention of consecutive tokens over the paged cache: the queries of a tile of tokens, of all
 * heads that share a key, are multiplied by one block after the other.
 */
final class PromptAttention {
  /** Tokens of a tile, if their scores are few enough. */
  private static final int[] TILES = {32, 16, 8};

  /** Most scores of a tile: about as many as fit into a thread's second-level cache. */
  private static final int MOST_SCORES = 1 << 17;

  private final DecoderShape shape;
  private final AttentionMask mask;
  private final int blockSize;

  /** Numbers of a row of results: a head, padded to whole panels. */
  private final int pitch;

  private final Scratch[] scratch;
  private List<Part> parts = List.of();

  /**
   * A tile's head of keys, which one thread computes.
   *
   * @param row of the first token, in the step
   * @param position of the first token
   * @param count tokens
   * @param firstBlock the first block that the tokens see
   */
  private record Part(
      int row, int position, int count, int[] table, int firstBlock, int numBlocks, int head) {}

  /** The scratch memory of one thread. */
  private final class Scratch {
    private final GroupedRows queries = new GroupedRows(MicroKernel.GROUP);
    private final GroupedRows weights = new GroupedRows(MicroKernel.GROUP);
    private final LayerCache.Scratch block = LayerCache.Scratch.of(blockSize, shape.headDim());
    private float[] scores = {};
    private float[] sums = {};
    private float[] totals = {};

    void reserve(int rows, int context) {
      queries.reserve(rows, shape.headDim());
      weights.reserve(rows, context);
      int padded = queries.padded(rows);
      if (scores.length < padded * context) {
        scores = new float[padded * context];
      }
      if (totals.length < padded) {
        totals = new float[padded];
        sums = new float[padded * pitch];
      }
    }
  }

  /**
   * @param blockSize tokens a block of the cache: whole panels
   */
  PromptAttention(DecoderShape shape, int blockSize, int threads) {
    this.shape = shape;
    this.mask = new AttentionMask(shape);
    this.blockSize = blockSize;
    this.pitch = LayerCache.padded(shape.headDim());
    this.scratch = new Scratch[threads];
    for (int i = 0; i < threads; i++) {
      scratch[i] = new Scratch();
    }
  }

  /**
   * Prepares a step.
   *
   * @param firstRow of the first span
   * @param spans one after the other
   */
  void plan(int firstRow, List<Span> spans) {
    List<Part> planned = new ArrayList<>();
    int row = firstRow;
    for (Span span : spans) {
      int size = tileSize(span);
      for (int done = 0; done < span.count(); done += size) {
        addTile(span, row + done, done, Math.min(size, span.count() - done), planned);
      }
      row += span.count();
    }
    parts = planned;
  }

  int numParts() {
    return parts.size();
  }

  /**
   * Computes one part, into the columns of its heads.
   *
   * @param queries [rows, stride], a row's heads first
   */
  void run(int part, int lane, LayerCache cache, float[] queries, int stride, GroupedRows outputs) {
    Part own = parts.get(part);
    int rows = own.count * shape.group();
    int context = own.numBlocks * blockSize;
    Scratch use = scratch[lane];
    use.reserve(rows, context);
    for (int row = 0; row < rows; row++) {
      int from = (own.row + row / shape.group()) * stride + query(own, row) * shape.headDim();
      use.queries.put(row, 0, queries, from, shape.headDim());
    }
    score(own, use, cache, rows, context);
    weigh(own, use, rows, context);
    addValues(own, use, cache, rows);
    for (int row = 0; row < rows; row++) {
      Lanes.scale(use.sums, row * pitch, 1 / use.totals[row], shape.headDim());
      int column = query(own, row) * shape.headDim();
      int token = own.row + row / shape.group();
      outputs.put(token, column, use.sums, row * pitch, shape.headDim());
    }
  }

  private int tileSize(Span span) {
    return Arrays.stream(TILES)
        .filter(size -> size * shape.group() * span.end() <= MOST_SCORES)
        .findFirst()
        .orElse(TILES[TILES.length - 1]);
  }

  private void addTile(Span span, int row, int done, int count, List<Part> planned) {
    int position = span.from() + done;
    int firstBlock = shape.firstSeen(position) / blockSize;
    int numBlocks = (position + count - 1) / blockSize + 1 - firstBlock;
    for (int head = 0; head < shape.kvHeads(); head++) {
      planned.add(new Part(row, position, count, span.table(), firstBlock, numBlocks, head));
    }
  }

  /** The query head of a row of scores. */
  private int query(Part part, int row) {
    return part.head * shape.group() + row % shape.group();
  }

  private void score(Part part, Scratch use, LayerCache cache, int rows, int context) {
    Arrays.fill(use.scores, 0, use.queries.padded(rows) * context, 0);
    for (int i = 0; i < part.numBlocks; i++) {
      cache.readKeyPanels(part.table[part.firstBlock + i], part.head, use.block);
      for (int column = 0; column < blockSize; column += MicroKernel.WIDTH) {
        for (int row = 0; row < rows; row += MicroKernel.GROUP) {
          MicroKernel.multiply(
              Math.min(MicroKernel.GROUP, rows - row),
              use.block.numbers(),
              column * shape.headDim(),
              shape.headDim(),
              use.queries.numbers(),
              use.queries.at(row),
              use.scores,
              row * context + i * blockSize + column,
              context);
        }
      }
    }
  }

  /** Turns scores into softmax weights that are not divided by their sums yet. */
  private void weigh(Part part, Scratch use, int rows, int context) {
    for (int row = 0; row < rows; row++) {
      int at = row * context;
      int position = part.position + row / shape.group();
      int from = part.firstBlock * blockSize;
      mask.apply(use.scores, at, query(part, row), position, from, context);
      float top = Lanes.largest(use.scores, at, context);
      use.totals[row] = Lanes.exponentiate(use.scores, at, context, top);
      mask.clear(use.scores, at, position, from, context);
      use.weights.put(row, 0, use.scores, at, context);
    }
  }

  private void addValues(Part part, Scratch use, LayerCache cache, int rows) {
    Arrays.fill(use.sums, 0, use.weights.padded(rows) * pitch, 0);
    for (int i = 0; i < part.numBlocks; i++) {
      cache.readValuePanels(part.table[part.firstBlock + i], part.head, use.block);
      for (int column = 0; column < pitch; column += MicroKernel.WIDTH) {
        for (int row = 0; row < rows; row += MicroKernel.GROUP) {
          MicroKernel.multiply(
              Math.min(MicroKernel.GROUP, rows - row),
              use.block.numbers(),
              column * blockSize,
              blockSize,
              use.weights.numbers(),
              use.weights.at(row) + i * blockSize * MicroKernel.GROUP,
              use.sums,
              row * pitch + column,
              pitch);
        }
      }
    }
  }
}
