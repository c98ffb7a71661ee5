package io.millrace.engine.model;

import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.millrace.engine.gemm.Gemm;
import io.millrace.engine.gemm.PairedCache;
import io.millrace.engine.schedule.BlockCopy;
import io.millrace.engine.schedule.StepPlan;
import io.millrace.engine.vector.LayerCache;
import io.millrace.engine.vector.TransposedCache;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Keys and values of all tokens computed so far, in blocks (PagedAttention, arXiv:2309.06180): for
 * each layer keys {@code [blocks, kvHeads, headDim, blockSize]}, values {@code [blocks, kvHeads,
 * blockSize, headDim]}; or both as a {@link PairedCache} has them, of the same size. Which block is
 * whose is the block manager's business.
 *
 * <p>On a CPU the tensors begin small and grow when blocks beyond their end are used, so that
 * memory is taken by load and not by capacity.
 */
final class KvCache implements AutoCloseable {
  private static final int FIRST_BLOCKS = 64;

  private final Program program;
  private final ModelSpec spec;
  private final boolean narrowValues;
  private final @Nullable Gemm gemm;
  private final int numBlocks;
  private final int blockSize;
  private final PtNDManager manager;
  private final Shape keyShape;
  private final Shape valueShape;
  private final PtNDArray[] keys;
  private final PtNDArray[] values;
  private IValue keyList;
  private IValue valueList;
  private int heldBlocks;
  private @Nullable List<LayerCache> layerCaches;

  /**
   * @param numBlocks most blocks that it may ever hold
   * @param narrowValues whether values are kept in bfloat16, which loses nothing where they are
   *     computed in it; keys are float32, because their products are not averaged before they
   *     become exponents
   * @param gemm computes with the cache, instead of the program; null for the program
   */
  KvCache(
      PtNDManager parent,
      Program program,
      ModelSpec spec,
      int numBlocks,
      int blockSize,
      boolean narrowValues,
      @Nullable Gemm gemm) {
    this.gemm = gemm;
    this.program = program;
    this.narrowValues = narrowValues;
    this.spec = spec;
    this.numBlocks = numBlocks;
    this.blockSize = blockSize;
    this.manager = (PtNDManager) parent.newSubManager();
    this.heldBlocks = manager.getDevice().isGpu() ? numBlocks : Math.min(numBlocks, FIRST_BLOCKS);
    this.keyShape = new Shape(spec.kvHeads(), spec.headDim(), blockSize);
    this.valueShape = new Shape(spec.kvHeads(), blockSize, spec.headDim());
    this.keys = layers(keyShape, gemm != null);
    this.values = layers(valueShape, narrowValues);
    this.keyList = IValue.listFrom(keys);
    this.valueList = IValue.listFrom(values);
  }

  /** Bytes that one token takes at most, keys and values of all layers. */
  static long bytesPerToken(ModelSpec spec, int numberBytes) {
    return 2L * spec.layers() * spec.kvHeads() * spec.headDim() * numberBytes;
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
    layerCaches = null;
    try {
      grow(keys, keyShape, grown, gemm != null);
      grow(values, valueShape, grown, narrowValues);
      heldBlocks = grown;
    } finally {
      keyList = IValue.listFrom(keys);
      valueList = IValue.listFrom(values);
    }
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

  /** The same memory, layer by layer; until {@link #hold} is called again. */
  List<LayerCache> layers() {
    List<LayerCache> layers = layerCaches;
    if (layers == null) {
      layers = IntStream.range(0, keys.length).mapToObj(this::layer).toList();
      layerCaches = layers;
    }
    return layers;
  }

  /** The same where {@link Gemm} computes with it. */
  List<PairedCache> pairedLayers() {
    return layers().stream().map(PairedCache.class::cast).toList();
  }

  /** The blocks of a slice's sequence, up to its last token's. */
  int[] table(StepPlan.Slice slice) {
    return IntStream.rangeClosed(0, (slice.end() - 1) / blockSize)
        .map(slice.sequence()::block)
        .toArray();
  }

  @Override
  public void close() {
    keyList.close();
    valueList.close();
    manager.close();
  }

  private LayerCache layer(int index) {
    ByteBuffer keyBytes = keys[index].toByteBuffer(true);
    ByteBuffer valueBytes = values[index].toByteBuffer(true);
    if (gemm != null) {
      return new PairedCache(gemm, keyBytes, valueBytes, spec.kvHeads(), blockSize, spec.headDim());
    }
    return new TransposedCache(
        keyBytes, valueBytes, narrowValues, spec.kvHeads(), blockSize, spec.headDim());
  }

  /**
   * Layer by layer, so that only one is held twice. After a failure some have grown already; the
   * next try leaves these as they are.
   */
  private void grow(PtNDArray[] layers, Shape shape, int blocks, boolean narrow) {
    for (int i = 0; i < layers.length; i++) {
      int more = blocks - Math.toIntExact(layers[i].getShape().get(0));
      if (more <= 0) {
        continue;
      }
      PtNDArray old = layers[i];
      try (PtNDArray added = zeros(shape, more, narrow)) {
        layers[i] = (PtNDArray) NDArrays.concat(new NDList(old, added));
        layers[i].attach(manager);
      }
      old.close();
    }
  }

  private PtNDArray[] layers(Shape shape, boolean narrow) {
    PtNDArray[] layers = new PtNDArray[spec.layers()];
    for (int i = 0; i < layers.length; i++) {
      layers[i] = zeros(shape, heldBlocks, narrow);
    }
    return layers;
  }

  /** Zeros, because a masked place still takes part with weight 0, and 0 times NaN is NaN. */
  private PtNDArray zeros(Shape shape, int blocks, boolean narrow) {
    PtNDArray zeros = (PtNDArray) manager.zeros(new Shape(blocks).addAll(shape), DataType.FLOAT32);
    if (!narrow) {
      return zeros;
    }
    try (zeros) {
      return program.bfloat16(manager, zeros);
    }
  }
}
