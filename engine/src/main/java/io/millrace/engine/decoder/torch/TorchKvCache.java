package io.millrace.engine.decoder.torch;

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
 * <p>The tensors are as large as they may ever be, but nothing is written to a block before it is
 * held: until then a CPU's operating system has no memory for it, so that memory is taken by load
 * and not by capacity, and nothing is ever moved.
 */
public final class TorchKvCache implements KvCache {
  /** Blocks that are held at once. */
  private static final int BLOCKS_AT_ONCE = 16;

  private final TorchProgram program;
  private final TorchThreads threads;
  private final ModelSpec spec;
  private final int numBlocks;
  private final int blockSize;
  private final PtNDManager manager;
  private final LayerCache.Factory factory;
  private final PtNDArray[] keys;
  private final PtNDArray[] values;
  private final IValue lists;
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
    this.numBlocks = numBlocks;
    this.blockSize = blockSize;
    this.manager = (PtNDManager) parent.newSubManager();
    this.factory = factory;
    this.keys = tensors(layout.narrowKeys(), spec.kvHeads(), spec.headDim(), blockSize);
    this.values = tensors(layout.narrowValues(), spec.kvHeads(), blockSize, spec.headDim());
    this.lists = TorchEngine.listsByName(Map.of("keys", keys, "values", values));
    if (manager.getDevice().isGpu()) {
      hold(numBlocks);
    }
  }

  @Override
  public int numBlocks() {
    return numBlocks;
  }

  @Override
  public int blockSize() {
    return blockSize;
  }

  /**
   * Writes zeros to blocks, because a masked place still takes part with weight 0, and 0 times NaN
   * is NaN.
   */
  @Override
  public void hold(int blocks) {
    if (blocks <= heldBlocks) {
      return;
    }
    int more = (blocks - heldBlocks + BLOCKS_AT_ONCE - 1) / BLOCKS_AT_ONCE * BLOCKS_AT_ONCE;
    int held = Math.min(numBlocks, heldBlocks + more);
    try (IValue from = IValue.from((long) heldBlocks);
        IValue to = IValue.from((long) held)) {
      program.call("clear_blocks", lists, from, to).close();
    }
    heldBlocks = held;
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

  /** Made when they are asked for: where Java has no vectors, nobody does. */
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

  private LayerCache layer(int index) {
    return factory.of(
        keys[index].toByteBuffer(true),
        values[index].toByteBuffer(true),
        spec.kvHeads(),
        blockSize,
        spec.headDim());
  }

  private PtNDArray[] tensors(boolean narrow, long... blockShape) {
    ScalarType type = narrow ? ScalarType.BFLOAT16 : ScalarType.FLOAT32;
    Shape block = new Shape(blockShape);
    PtNDArray[] tensors = new PtNDArray[spec.layers()];
    try (PtNDArray like = (PtNDArray) manager.create(new Shape(1, block.size()))) {
      for (int i = 0; i < tensors.length; i++) {
        try (PtNDArray rows = program.emptyRows(manager, like, numBlocks, type)) {
          tensors[i] = rows.reshape(new Shape(numBlocks).addAll(block));
        }
      }
    }
    return tensors;
  }
}
