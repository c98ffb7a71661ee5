package io.millrace.engine.decoder.torch;

import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.millrace.engine.decoder.CacheLayout;
import io.millrace.engine.decoder.KvCache;
import io.millrace.engine.decoder.LayerCache;
import io.millrace.engine.model.ModelSpec;
import io.millrace.engine.schedule.BlockCopy;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The KV cache in tensors, one for each layer's keys and one for its values, as {@link CacheLayout}
 * says.
 *
 * <p>On a CPU the tensors begin small and grow when blocks beyond their end are used, so that
 * memory is taken by load and not by capacity.
 */
public final class TorchKvCache implements KvCache {
  private static final int FIRST_BLOCKS = 16;

  private final TorchProgram program;
  private final TorchThreads threads;
  private final ModelSpec spec;
  private final CacheLayout layout;
  private final LayerCache.Factory factory;
  private final int numBlocks;
  private final int blockSize;
  private final PtNDManager manager;
  private final Shape keyShape;
  private final Shape valueShape;
  private final PtNDArray[] keys;
  private final PtNDArray[] values;
  private IValue lists;
  private int heldBlocks;
  private @Nullable List<LayerCache> layers;

  /**
   * @param numBlocks most blocks that it may ever hold
   * @param factory makes the layer caches that Java's decoders use
   */
  public TorchKvCache(
      PtNDManager parent,
      TorchProgram program,
      TorchThreads threads,
      ModelSpec spec,
      CacheLayout layout,
      int numBlocks,
      int blockSize,
      LayerCache.Factory factory) {
    this.program = program;
    this.threads = threads;
    this.spec = spec;
    this.layout = layout;
    this.factory = factory;
    this.numBlocks = numBlocks;
    this.blockSize = blockSize;
    this.manager = (PtNDManager) parent.newSubManager();
    this.heldBlocks = manager.getDevice().isGpu() ? numBlocks : Math.min(numBlocks, FIRST_BLOCKS);
    this.keyShape = new Shape(spec.kvHeads(), spec.headDim(), blockSize);
    this.valueShape = new Shape(spec.kvHeads(), blockSize, spec.headDim());
    this.keys = tensors(keyShape, layout.narrowKeys());
    this.values = tensors(valueShape, layout.narrowValues());
    this.lists = lists();
  }

  @Override
  public int numBlocks() {
    return numBlocks;
  }

  @Override
  public int blockSize() {
    return blockSize;
  }

  @Override
  public void hold(int blocks) {
    if (blocks <= heldBlocks) {
      return;
    }
    int grown = Math.min(numBlocks, Math.max(blocks, heldBlocks * 2));
    lists.close();
    layers = null;
    try {
      grow(keys, keyShape, grown, layout.narrowKeys());
      grow(values, valueShape, grown, layout.narrowValues());
      heldBlocks = grown;
    } finally {
      lists = lists();
    }
  }

  @Override
  public void copy(List<BlockCopy> copies) {
    if (copies.isEmpty()) {
      return;
    }
    threads.useFor(copies.size());
    try (ProgramArguments arguments = new ProgramArguments(manager)) {
      addTo(arguments);
      arguments
          .add(copies.stream().mapToLong(BlockCopy::from).toArray())
          .add(copies.stream().mapToLong(BlockCopy::to).toArray());
      program.call("copy_blocks", arguments.values()).close();
    }
  }

  /** Adds keys and values to a call: the program's {@code cache}. */
  void addTo(ProgramArguments arguments) {
    arguments.shared(lists);
  }

  @Override
  public List<LayerCache> layers() {
    List<LayerCache> made = layers;
    if (made == null) {
      made = IntStream.range(0, keys.length).mapToObj(this::layer).toList();
      layers = made;
    }
    return made;
  }

  @Override
  public void close() {
    lists.close();
    manager.close();
  }

  private IValue lists() {
    return TorchEngine.listsByName(Map.of("keys", keys, "values", values));
  }

  private LayerCache layer(int index) {
    return factory.of(
        keys[index].toByteBuffer(true),
        values[index].toByteBuffer(true),
        spec.kvHeads(),
        blockSize,
        spec.headDim());
  }

  /**
   * Grows tensors layer by layer, so that only one is held twice. After a failure some have grown
   * already; the next try leaves these as they are.
   */
  private void grow(PtNDArray[] tensors, Shape shape, int blocks, boolean narrow) {
    for (int i = 0; i < tensors.length; i++) {
      int more = blocks - Math.toIntExact(tensors[i].getShape().get(0));
      if (more <= 0) {
        continue;
      }
      PtNDArray old = tensors[i];
      try (PtNDArray added = zeros(shape, more, narrow)) {
        tensors[i] = (PtNDArray) NDArrays.concat(new NDList(old, added));
        tensors[i].attach(manager);
      }
      old.close();
    }
  }

  private PtNDArray[] tensors(Shape shape, boolean narrow) {
    PtNDArray[] tensors = new PtNDArray[spec.layers()];
    for (int i = 0; i < tensors.length; i++) {
      tensors[i] = zeros(shape, heldBlocks, narrow);
    }
    return tensors;
  }

  /**
   * A tensor of zeros, because a masked place still takes part with weight 0, and 0 times NaN is
   * NaN.
   */
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
