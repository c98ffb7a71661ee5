package io.millrace.worker.model;

import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.millrace.worker.schedule.BlockCopy;
import java.util.List;

/**
 * Keys and values of all tokens computed so far, in blocks (PagedAttention, arXiv:2309.06180): for
 * each layer two tensors {@code [blocks, kvHeads, blockSize, headDim]}. Which block is whose is the
 * block manager's business.
 *
 * <p>On a CPU the tensors begin small and grow when blocks beyond their end are used, so that
 * memory is taken by load and not by capacity.
 */
final class KvCache implements AutoCloseable {
  private static final int FIRST_BLOCKS = 64;

  private final Program program;
  private final ModelSpec spec;
  private final boolean narrowValues;
  private final int numBlocks;
  private final int blockSize;
  private final PtNDManager manager;
  private final PtNDArray[] keys;
  private final PtNDArray[] values;
  private IValue keyList;
  private IValue valueList;
  private int heldBlocks;

  /**
   * @param numBlocks most blocks that it may ever hold
   * @param narrowValues whether values are kept in bfloat16, which loses nothing where they are
   *     computed in it; keys are float32, because their products are not averaged before they
   *     become exponents
   */
  KvCache(
      PtNDManager parent,
      Program program,
      ModelSpec spec,
      int numBlocks,
      int blockSize,
      boolean narrowValues) {
    this.program = program;
    this.narrowValues = narrowValues;
    this.spec = spec;
    this.numBlocks = numBlocks;
    this.blockSize = blockSize;
    this.manager = (PtNDManager) parent.newSubManager();
    this.heldBlocks = manager.getDevice().isGpu() ? numBlocks : Math.min(numBlocks, FIRST_BLOCKS);
    this.keys = layers(false);
    this.values = layers(narrowValues);
    this.keyList = IValue.listFrom(keys);
    this.valueList = IValue.listFrom(values);
  }

  /** Bytes that one token takes at most, keys and values of all layers. */
  static long bytesPerToken(ModelSpec spec) {
    return 2L * spec.layers() * spec.kvHeads() * spec.headDim() * Float.BYTES;
  }

  int numBlocks() {
    return numBlocks;
  }

  int blockSize() {
    return blockSize;
  }

  /** Makes sure that the first {@code blocks} blocks can be used. */
  void hold(int blocks) {
    if (blocks <= heldBlocks) {
      return;
    }
    int grown = Math.min(numBlocks, Math.max(blocks, heldBlocks * 2));
    keyList.close();
    valueList.close();
    grow(keys, grown - heldBlocks, false);
    grow(values, grown - heldBlocks, narrowValues);
    heldBlocks = grown;
    keyList = IValue.listFrom(keys);
    valueList = IValue.listFrom(values);
  }

  /** Copies whole blocks, all at once: what is read is what was there before. */
  void copy(List<BlockCopy> copies) {
    if (copies.isEmpty()) {
      return;
    }
    try (Arguments arguments = new Arguments(manager)) {
      arguments
          .shared(keyList)
          .shared(valueList)
          .add(copies.stream().mapToLong(BlockCopy::from).toArray())
          .add(copies.stream().mapToLong(BlockCopy::to).toArray());
      program.call("copy_blocks", arguments.values()).close();
    }
  }

  IValue keys() {
    return keyList;
  }

  IValue values() {
    return valueList;
  }

  @Override
  public void close() {
    keyList.close();
    valueList.close();
    manager.close();
  }

  /** Layer by layer, so that only one is held twice. */
  private void grow(PtNDArray[] layers, int more, boolean narrow) {
    for (int i = 0; i < layers.length; i++) {
      try (PtNDArray old = layers[i];
          PtNDArray added = zeros(more, narrow)) {
        layers[i] = (PtNDArray) NDArrays.concat(new NDList(old, added));
        layers[i].attach(manager);
      }
    }
  }

  private PtNDArray[] layers(boolean narrow) {
    PtNDArray[] layers = new PtNDArray[spec.layers()];
    for (int i = 0; i < layers.length; i++) {
      layers[i] = zeros(heldBlocks, narrow);
    }
    return layers;
  }

  /** Zeros, because a masked place still takes part with weight 0, and 0 times NaN is NaN. */
  private PtNDArray zeros(int blocks, boolean narrow) {
    Shape shape = new Shape(blocks, spec.kvHeads(), blockSize, spec.headDim());
    PtNDArray zeros = (PtNDArray) manager.zeros(shape, DataType.FLOAT32);
    if (!narrow) {
      return zeros;
    }
    try (zeros) {
      return program.bfloat16(manager, zeros);
    }
  }
}
