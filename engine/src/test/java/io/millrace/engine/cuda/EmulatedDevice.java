package io.millrace.engine.cuda;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A GPU that a CPU stands in for: the same kernels, compiled as C++, with threads that take turns.
 * It is strict where a GPU is not: what lies around each piece of memory must stay as it is, what
 * is not allowed while a graph is recorded fails, and threads that part where they must not are
 * told.
 */
public final class EmulatedDevice implements CudaDevice {
  /** Few, so that blocks of threads have to take several tiles. */
  private static final int MULTIPROCESSORS = 2;

  private static final int SHARED_BYTES = 64 << 10;
  private static final int GUARD = 256;

  /** A number that is none, in every type. */
  private static final byte POISON = (byte) 0xff;

  private final Map<Long, Memory> pieces = new HashMap<>();
  private final Map<Long, Long> sizes = new HashMap<>();
  private final List<Memory> hostMemory = new ArrayList<>();
  private final Map<String, NativeLibrary> kernels = new HashMap<>();
  private final LaunchArguments arguments = new LaunchArguments();
  private @Nullable NativeLibrary library;
  private @Nullable List<Runnable> recorded;
  private ThreadOrder order = ThreadOrder.UP;
  private int launches;
  private int graphLaunches;
  private int multiplications;
  private boolean closed;

  /** In which order the threads of a block run, as far as they may. */
  public enum ThreadOrder {
    UP,
    DOWN,
    MIXED
  }

  /** Opens one; skips the test where there is no compiler of C++. */
  public static EmulatedDevice open() {
    EmulationCompiler.assumeThere();
    return new EmulatedDevice();
  }

  /** Sets the order of threads, of which no result may depend. */
  public void run(ThreadOrder inOrder) {
    order = inOrder;
  }

  /** Launches of kernels by themselves. */
  public int launches() {
    return launches;
  }

  public int graphLaunches() {
    return graphLaunches;
  }

  /** Multiplications by the library, in graphs and by themselves. */
  public int multiplications() {
    return multiplications;
  }

  public boolean isClosed() {
    return closed;
  }

  @Override
  public CudaProperties properties() {
    return new CudaProperties(
        "cuda:0", "emulated", "0.0", 9, 0, MULTIPROCESSORS, SHARED_BYTES, "g++");
  }

  @Override
  public long freeBytes() {
    return 64 << 20;
  }

  @Override
  public long allocate(long bytes) {
    refuseWhileRecording("allocation");
    Memory piece = new Memory(bytes + 3 * GUARD);
    piece.setMemory(0, piece.size(), POISON);
    long address = (Pointer.nativeValue(piece) + 2 * GUARD - 1) / GUARD * GUARD;
    pieces.put(address, piece);
    sizes.put(address, bytes);
    new Pointer(address).clear(bytes);
    return address;
  }

  @Override
  public void free(long address) {
    if (pieces.containsKey(address)) {
      checkAround(address);
      pieces.remove(address).close();
      sizes.remove(address);
    }
  }

  @Override
  public ByteBuffer hostMemory(int bytes) {
    refuseWhileRecording("allocation");
    Memory memory = new Memory(Math.max(1, bytes));
    hostMemory.add(memory);
    return memory.getByteBuffer(0, bytes).order(ByteOrder.nativeOrder());
  }

  @Override
  public void upload(long target, ByteBuffer source) {
    refuseWhileRecording("copy");
    byte[] bytes = new byte[source.remaining()];
    source.duplicate().get(bytes);
    new Pointer(target).write(0, bytes, 0, bytes.length);
  }

  @Override
  public void download(ByteBuffer target, long source) {
    refuseWhileRecording("copy");
    target.duplicate().put(new Pointer(source).getByteArray(0, target.remaining()));
  }

  @Override
  public void prepare(KernelSource source) {
    EmulationCompiler.compile(source);
  }

  @Override
  public void load(KernelSource source) {
    NativeLibrary loaded = NativeLibrary.getInstance(EmulationCompiler.compile(source).toString());
    library = loaded;
    source.kernels().forEach(kernel -> kernels.put(kernel, loaded));
  }

  @Override
  public void launch(String kernel, Grid grid, Number... values) {
    NativeLibrary of = kernels.get(kernel);
    if (of == null) {
      throw new CudaException("there is no kernel " + kernel);
    }
    if (grid.sharedBytes() > SHARED_BYTES) {
      throw new CudaException("too much shared memory: " + grid.sharedBytes());
    }
    Runnable work = () -> run(of, kernel, grid, values.clone());
    if (recorded == null) {
      launches++;
      work.run();
    } else {
      recorded.add(work);
    }
  }

  private void run(NativeLibrary of, String kernel, Grid grid, Number[] values) {
    Function launch = of.getFunction("emulated_launch");
    Object[] all = {
      of.getFunction("invoke_" + kernel),
      grid.x(),
      grid.y(),
      grid.z(),
      grid.threads(),
      order.ordinal(),
      arguments.of(values)
    };
    String failure = (String) launch.invoke(String.class, all);
    if (failure != null) {
      throw new CudaException(kernel + ": " + failure);
    }
  }

  @Override
  public void multiply(Product product, long x, long w, long y) {
    NativeLibrary of = library;
    if (of == null) {
      throw new CudaException("no kernels are loaded");
    }
    Object[] all = {
      x,
      w,
      y,
      product.rows(),
      product.outputs(),
      product.inputs(),
      product.xStride(),
      product.wStride(),
      product.yStride(),
      product.add() ? 1 : 0
    };
    Runnable work =
        () -> {
          multiplications++;
          of.getFunction("emulated_multiply").invoke(all);
        };
    if (recorded == null) {
      work.run();
    } else {
      recorded.add(work);
    }
  }

  @Override
  public CudaGraph capture(Runnable work) {
    refuseWhileRecording("recording");
    List<Runnable> all = new ArrayList<>();
    recorded = all;
    try {
      work.run();
    } finally {
      recorded = null;
    }
    return new CudaGraph() {
      @Override
      public void launch() {
        refuseWhileRecording("launch of a graph");
        graphLaunches++;
        all.forEach(Runnable::run);
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public void synchronize() {
    refuseWhileRecording("wait");
  }

  @Override
  public void close() {
    pieces.keySet().forEach(this::checkAround);
    pieces.values().forEach(Memory::close);
    pieces.clear();
    hostMemory.forEach(Memory::close);
    closed = true;
  }

  private void refuseWhileRecording(String what) {
    if (recorded != null) {
      throw new CudaException("a %s while a graph is recorded".formatted(what));
    }
  }

  private void checkAround(long address) {
    Memory piece = pieces.get(address);
    long begin = address - Pointer.nativeValue(piece);
    long end = begin + sizes.get(address);
    for (long i = 0; i < piece.size(); i++) {
      if ((i < begin || i >= end) && piece.getByte(i) != POISON) {
        throw new AssertionError(
            "byte %d of %d was written".formatted(i - begin, sizes.get(address)));
      }
      if (i == begin - 1 && end > begin) {
        i = end - 1;
      }
    }
  }
}
