package io.millrace.engine.cuda;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An NVIDIA GPU by its driver, NVRTC and cuBLASLt. */
final class NvidiaDevice implements CudaDevice {
  /** Dynamic shared memory of a block that needs no permission. */
  private static final int FREE_SHARED_BYTES = 48 << 10;

  private static final int NAME_BYTES = 256;

  private final int device;
  private final CudaProperties properties;
  private final Nvrtc compiler;
  private final String compilerVersion;
  private final KernelCache cache;
  private final long context;
  private final long stream;
  private final CublasLt matrices;
  private final Memory out = new Memory(2 * Long.BYTES);
  private final LaunchArguments arguments = new LaunchArguments();
  private final Map<String, Long> functions = new HashMap<>();
  private final Map<String, Integer> sharedBytes = new HashMap<>();
  private final List<Long> modules = new ArrayList<>();
  private final Set<Long> addresses = new HashSet<>();
  private final List<Pointer> hostMemory = new ArrayList<>();
  private @Nullable Thread bound;

  private NvidiaDevice(int index, CudaLibraries libraries, KernelCache cache) {
    this.cache = cache;
    check(CudaDriver.cuDeviceGet(out, index), "a look for the GPU");
    this.device = out.getInt(0);
    this.compiler = Nvrtc.open(libraries);
    this.compilerVersion = compiler.version();
    this.properties = properties(index);
    check(CudaDriver.cuDevicePrimaryCtxRetain(out, device), "opening the GPU");
    this.context = out.getLong(0);
    bind();
    check(CudaDriver.cuStreamCreate(out, CudaDriver.STREAM_NON_BLOCKING), "a stream");
    this.stream = out.getLong(0);
    this.matrices = CublasLt.open(libraries, this, stream);
  }

  /**
   * Opens a GPU for the calling thread.
   *
   * @param cache of kernels that were compiled before
   * @throws CudaException if there is none, or a library is missing
   */
  static NvidiaDevice open(int index, CudaLibraries libraries, KernelCache cache) {
    try (Memory count = new Memory(Integer.BYTES)) {
      int result = CudaDriver.cuDeviceGetCount(count);
      int gpus = result == 0 ? count.getInt(0) : 0;
      if (index >= gpus) {
        throw new CudaException("there is no GPU cuda:%d, but %d".formatted(index, gpus));
      }
    }
    // Before anything is opened that would have to be closed.
    CublasLt.link(libraries);
    return new NvidiaDevice(index, libraries, cache);
  }

  @Override
  public CudaProperties properties() {
    return properties;
  }

  @Override
  public long freeBytes() {
    bind();
    check(CudaDriver.cuMemGetInfo_v2(out, out.share(Long.BYTES)), "telling its free memory");
    return out.getLong(0);
  }

  @Override
  public long allocate(long bytes) {
    bind();
    int result = CudaDriver.cuMemAlloc_v2(out, bytes);
    if (result == CudaDriver.OUT_OF_MEMORY) {
      throw new CudaException(
          "CUDA out of memory: %s has no %d MiB left, but %d MiB"
              .formatted(properties.label(), bytes >> 20, freeBytes() >> 20));
    }
    check(result, "allocating " + bytes + " bytes");
    long address = out.getLong(0);
    addresses.add(address);
    check(CudaDriver.cuMemsetD8Async(address, (byte) 0, bytes, stream), "clearing memory");
    return address;
  }

  @Override
  public void free(long address) {
    bind();
    if (addresses.remove(address)) {
      // A device that has failed is closed all the same.
      CudaDriver.cuMemFree_v2(address);
    }
  }

  @Override
  public ByteBuffer hostMemory(int bytes) {
    bind();
    check(CudaDriver.cuMemHostAlloc(out, bytes, 0), "allocating memory of the host");
    Pointer memory = out.getPointer(0);
    hostMemory.add(memory);
    return memory.getByteBuffer(0, bytes).order(ByteOrder.nativeOrder());
  }

  @Override
  public void upload(long target, ByteBuffer source) {
    bind();
    check(
        CudaDriver.cuMemcpyHtoDAsync_v2(
            target, DirectMemory.of(source), source.remaining(), stream),
        "a copy to the GPU");
  }

  @Override
  public void download(ByteBuffer target, long source) {
    bind();
    check(
        CudaDriver.cuMemcpyDtoHAsync_v2(
            DirectMemory.of(target), source, target.remaining(), stream),
        "a copy from the GPU");
    synchronize();
  }

  @Override
  public void prepare(KernelSource source) {
    image(source);
  }

  @Override
  public void load(KernelSource source) {
    bind();
    byte[] image = image(source);
    // A byte of zero at the end, because a program that the driver compiles is a C string.
    try (Memory memory = new Memory(image.length + 1L)) {
      memory.write(0, image, 0, image.length);
      memory.setByte(image.length, (byte) 0);
      check(CudaDriver.cuModuleLoadData(out, memory), "loading " + source.name());
    }
    long module = out.getLong(0);
    modules.add(module);
    for (String kernel : source.kernels()) {
      check(CudaDriver.cuModuleGetFunction(out, module, kernel), "a look for " + kernel);
      functions.put(kernel, out.getLong(0));
      sharedBytes.put(kernel, FREE_SHARED_BYTES);
    }
  }

  @Override
  public void launch(String kernel, Grid grid, Number... values) {
    bind();
    Long function = functions.get(kernel);
    if (function == null) {
      throw new CudaException("there is no kernel " + kernel);
    }
    allowShared(kernel, function, grid.sharedBytes());
    check(
        CudaDriver.cuLaunchKernel(
            function,
            grid.x(),
            grid.y(),
            grid.z(),
            grid.threads(),
            1,
            1,
            grid.sharedBytes(),
            stream,
            arguments.of(values),
            Pointer.NULL),
        "a launch of " + kernel);
  }

  @Override
  public void multiply(Product product, long x, long w, long y) {
    bind();
    matrices.multiply(product, x, w, y);
  }

  @Override
  public CudaGraph capture(Runnable work) {
    bind();
    check(
        CudaDriver.cuStreamBeginCapture_v2(stream, CudaDriver.CAPTURE_THREAD_LOCAL), "a recording");
    RuntimeException failure = null;
    try {
      work.run();
    } catch (RuntimeException e) {
      failure = e;
    }
    int result = CudaDriver.cuStreamEndCapture(stream, out);
    if (failure != null) {
      throw failure;
    }
    check(result, "the end of a recording");
    long graph = out.getLong(0);
    check(CudaDriver.cuGraphInstantiateWithFlags(out, graph, 0), "making a graph");
    return new Graph(graph, out.getLong(0));
  }

  @Override
  public void synchronize() {
    bind();
    check(CudaDriver.cuStreamSynchronize(stream), "computing");
  }

  @Override
  public void close() {
    bind();
    matrices.close();
    modules.forEach(CudaDriver::cuModuleUnload);
    addresses.forEach(CudaDriver::cuMemFree_v2);
    hostMemory.forEach(CudaDriver::cuMemFreeHost);
    CudaDriver.cuStreamDestroy_v2(stream);
    CudaDriver.cuDevicePrimaryCtxRelease_v2(device);
  }

  private byte[] image(KernelSource source) {
    int architecture = properties.architecture();
    return cache.get(
        source,
        "NVRTC %s, %d".formatted(compilerVersion, architecture),
        () -> compiler.compile(source, architecture).image());
  }

  /** Functions must be told when they get more than a little shared memory. */
  private void allowShared(String kernel, long function, int bytes) {
    if (bytes > sharedBytes.getOrDefault(kernel, 0)) {
      check(
          CudaDriver.cuFuncSetAttribute(function, CudaDriver.MOST_SHARED_BYTES, bytes),
          "giving %s %d bytes of shared memory".formatted(kernel, bytes));
      sharedBytes.put(kernel, bytes);
    }
  }

  /** Makes the device the one that the calling thread's calls are for. */
  private void bind() {
    Thread caller = Thread.currentThread();
    if (bound != caller) {
      check(CudaDriver.cuCtxSetCurrent(context), "opening the GPU");
      bound = caller;
    }
  }

  private CudaProperties properties(int index) {
    int major = attribute(CudaDriver.MAJOR);
    int minor = attribute(CudaDriver.MINOR);
    if (major < 8) {
      throw new CudaException(
          "cuda:%d is of compute capability %d.%d; kernels need 8.0 or more"
              .formatted(index, major, minor));
    }
    check(CudaDriver.cuDriverGetVersion(out), "telling its version");
    int version = out.getInt(0);
    String name;
    try (Memory text = new Memory(NAME_BYTES)) {
      check(CudaDriver.cuDeviceGetName(text, NAME_BYTES, device), "telling its name");
      name = text.getString(0);
    }
    return new CudaProperties(
        "cuda:" + index,
        name,
        "%d.%d".formatted(version / 1000, version % 1000 / 10),
        major,
        minor,
        attribute(CudaDriver.MULTIPROCESSORS),
        attribute(CudaDriver.SHARED_BYTES_OF_A_BLOCK),
        "NVRTC " + compilerVersion);
  }

  private int attribute(int attribute) {
    check(CudaDriver.cuDeviceGetAttribute(out, attribute, device), "telling what it is");
    return out.getInt(0);
  }

  private static void check(int result, String what) {
    if (result != 0) {
      throw new CudaException(
          "CUDA error: the GPU failed at %s: %s".formatted(what, CudaDriver.error(result)));
    }
  }

  /** A graph as the driver has it. */
  private final class Graph implements CudaGraph {
    private final long graph;
    private final long executable;

    Graph(long graph, long executable) {
      this.graph = graph;
      this.executable = executable;
    }

    @Override
    public void launch() {
      bind();
      check(CudaDriver.cuGraphLaunch(executable, stream), "a launch of a graph");
    }

    @Override
    public void close() {
      bind();
      CudaDriver.cuGraphExecDestroy(executable);
      CudaDriver.cuGraphDestroy(graph);
    }
  }
}
