package io.millrace.engine.decoder.cuda;

import io.millrace.engine.cuda.CudaDevice;
import io.millrace.engine.cuda.Grid;
import io.millrace.engine.cuda.NumberType;
import io.millrace.engine.decoder.KvCache;
import io.millrace.engine.decoder.LayerCache;
import io.millrace.engine.model.ModelSpec;
import io.millrace.engine.schedule.BlockCopy;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The KV cache on the device, in planes: keys of the first layer, its values, those of the next. A
 * plane's blocks hold {@code [kvHeads, blockSize, head]} keys, or {@code [kvHeads, head,
 * blockSize]} values, heads padded to whole chunks.
 */
public final class CudaKvCache implements KvCache {
  private static final int COPY_THREADS = 256;
  private static final int WORD_BYTES = 16;

  private final CudaDevice device;
  private final int planes;
  private final int numBlocks;
  private final int blockSize;
  private final long blockBytes;
  private final long numbers;
  private final long columns;
  private final ByteBuffer staged;

  /** Makes a cache with room for all blocks. */
  CudaKvCache(CudaDevice device, NumberType type, ModelSpec spec, int numBlocks, int blockSize) {
    this.device = device;
    this.planes = 2 * spec.layers();
    this.numBlocks = numBlocks;
    this.blockSize = blockSize;
    int head = DecoderKernels.padded(spec.headDim(), DecoderKernels.CHUNK);
    this.blockBytes = (long) spec.kvHeads() * head * blockSize * type.bytes();
    this.numbers = device.allocate(planes * planeBytes());
    this.columns = device.allocate(3L * numBlocks * Integer.BYTES);
    this.staged = device.hostMemory(3 * numBlocks * Integer.BYTES);
  }

  @Override
  public int numBlocks() {
    return numBlocks;
  }

  @Override
  public int blockSize() {
    return blockSize;
  }

  /** All blocks can be used from the start. */
  @Override
  public void hold(int blocks) {}

  @Override
  public void copy(List<BlockCopy> copies) {
    if (copies.isEmpty()) {
      return;
    }
    int[] from = copies.stream().mapToInt(BlockCopy::from).toArray();
    int[] to = copies.stream().mapToInt(BlockCopy::to).toArray();
    send(from, to, IntStream.range(0, from.length).toArray());
    long bytes = (long) from.length * Integer.BYTES;
    Set<Integer> targets = copies.stream().map(BlockCopy::to).collect(Collectors.toSet());
    if (copies.stream().noneMatch(copy -> targets.contains(copy.from()))) {
      copy(from.length, planes, numbers, numbers, columns, columns + bytes);
      return;
    }
    // Some are read and written: all are read before any is written.
    long aside = device.allocate(from.length * blockBytes);
    for (int plane = 0; plane < planes; plane++) {
      long at = numbers + plane * planeBytes();
      copy(from.length, 1, at, aside, columns, columns + 2 * bytes);
      copy(from.length, 1, aside, at, columns + 2 * bytes, columns + bytes);
    }
    device.synchronize();
    device.free(aside);
  }

  /** A cache on the device has no layers that Java could read. */
  @Override
  public List<LayerCache> layers() {
    throw new IllegalStateException("keys and values lie on " + device.properties().label());
  }

  @Override
  public void close() {
    device.free(numbers);
    device.free(columns);
  }

  /** The address of a layer's keys. */
  long keys(int layer) {
    return numbers + 2L * layer * planeBytes();
  }

  /** The address of a layer's values. */
  long values(int layer) {
    return keys(layer) + planeBytes();
  }

  private long planeBytes() {
    return numBlocks * blockBytes;
  }

  private void send(int[]... lists) {
    // What was sent before must have been read.
    device.synchronize();
    staged.clear();
    for (int[] list : lists) {
      for (int number : list) {
        staged.putInt(number);
      }
    }
    device.upload(columns, staged.flip());
  }

  private void copy(int copies, int layers, long from, long to, long sources, long targets) {
    long words = blockBytes / WORD_BYTES;
    device.launch(
        "copy_blocks",
        Grid.of(copies, layers, 1, COPY_THREADS),
        from,
        to,
        sources,
        targets,
        words,
        planeBytes() / WORD_BYTES,
        planeBytes() / WORD_BYTES);
  }
}
