package io.millrace.worker.model;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;

/**
 * Keys and values of all tokens computed so far, in blocks (PagedAttention, arXiv:2309.06180): for
 * each layer two tensors {@code [blocks, kvHeads, blockSize, headDim]}. Which block is whose is the
 * block manager's business.
 */
final class KvCache implements AutoCloseable {
  private final int numBlocks;
  private final int blockSize;
  private final PtNDManager manager;
  private final IValue keys;
  private final IValue values;

  KvCache(PtNDManager parent, ModelSpec spec, int numBlocks, int blockSize) {
    this.numBlocks = numBlocks;
    this.blockSize = blockSize;
    this.manager = (PtNDManager) parent.newSubManager();
    this.keys = IValue.listFrom(layers(spec));
    this.values = IValue.listFrom(layers(spec));
  }

  /** Bytes that one token takes, keys and values of all layers. */
  static long bytesPerToken(ModelSpec spec) {
    return 2L * spec.layers() * spec.kvHeads() * spec.headDim() * Float.BYTES;
  }

  int numBlocks() {
    return numBlocks;
  }

  int blockSize() {
    return blockSize;
  }

  IValue keys() {
    return keys;
  }

  IValue values() {
    return values;
  }

  @Override
  public void close() {
    keys.close();
    values.close();
    manager.close();
  }

  private PtNDArray[] layers(ModelSpec spec) {
    Shape shape = new Shape(numBlocks, spec.kvHeads(), blockSize, spec.headDim());
    PtNDArray[] layers = new PtNDArray[spec.layers()];
    for (int i = 0; i < layers.length; i++) {
      // Zeros, because a masked place still takes part with weight 0, and 0 times NaN is NaN.
      layers[i] = (PtNDArray) manager.zeros(shape, DataType.FLOAT32);
    }
    return layers;
  }
}
