package io.millrace.engine.decoder.cuda;

import io.millrace.engine.cuda.CudaDevice;
import io.millrace.engine.cuda.Grid;
import io.millrace.engine.cuda.NumberType;
import io.millrace.engine.decoder.DecoderShape;

/** The launches of attention: of single tokens and of prompts, whose tiles differ in size. */
final class CudaAttention {
  /** More parts of a context than this cost more to combine than they save. */
  private static final int MOST_SPLITS = 16;

  /** Blocks for each multiprocessor that keep it busy. */
  private static final int BLOCKS = 2;

  private final CudaDevice device;
  private final DecoderShape shape;
  private final CudaKvCache cache;
  private final int promptColumns;
  private final int blocks;
  private final long slopes;

  CudaAttention(
      CudaDevice device, DecoderShape shape, NumberType type, CudaKvCache cache, long slopes) {
    this.device = device;
    this.shape = shape;
    this.cache = cache;
    this.promptColumns = DecoderKernels.promptColumns(type, shape.headDim());
    this.blocks = BLOCKS * device.properties().multiprocessors();
    this.slopes = slopes;
  }

  StepNumbers.Tiling tiling() {
    return new StepNumbers.Tiling(
        shape.group(), cache.blockSize(), DecoderKernels.EIGHT, promptColumns);
  }

  /** Floats of what the splits of a step find, at most. */
  long partFloats() {
    int head = DecoderKernels.padded(shape.headDim(), DecoderKernels.CHUNK);
    return (long) blocks * promptColumns * (head + 2);
  }

  /**
   * Computes attention of all rows.
   *
   * @param stride of the result
   */
  void run(StepLayout step, StepBuffers buffers, int layer, int stride) {
    long tiles = buffers.input() + (long) Integer.BYTES * step.tiles();
    long promptTiles = buffers.input() + (long) Integer.BYTES * step.promptTilesBegin();
    run("tokens", tiles, step.tokenTiles(), step, buffers, layer, stride);
    run("prompts", promptTiles, step.promptTiles(), step, buffers, layer, stride);
  }

  /** Parts into which each context is split so that all multiprocessors have something to do. */
  int splits(int tiles) {
    return Math.max(1, Math.min(MOST_SPLITS, blocks / (tiles * shape.kvHeads())));
  }

  private void run(
      String what,
      long tiles,
      int count,
      StepLayout step,
      StepBuffers buffers,
      int layer,
      int stride) {
    if (count == 0) {
      return;
    }
    int splits = splits(count);
    device.launch(
        "attend_" + what,
        Grid.of(count, shape.kvHeads(), splits, DecoderKernels.ATTENTION_THREADS),
        buffers.queries(),
        cache.keys(layer),
        cache.values(layer),
        tiles,
        buffers.input() + (long) Integer.BYTES * step.tables(),
        slopes,
        shape.heads(),
        shape.kvHeads(),
        cache.blockSize(),
        shape.window(),
        buffers.attended(),
        stride,
        buffers.parts());
    if (splits > 1) {
      device.launch(
          "combine_" + what,
          Grid.of(count, shape.kvHeads(), 1, DecoderKernels.ATTENTION_THREADS),
          tiles,
          buffers.parts(),
          splits,
          shape.heads(),
          shape.kvHeads(),
          buffers.attended(),
          stride);
    }
  }
}
