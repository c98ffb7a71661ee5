package io.millrace.engine.cuda;

import java.nio.ByteBuffer;
import java.util.Map;

/**
 * A program that calls all of an {@link NvidiaDevice}, for a process in which doubles are loaded.
 */
final class NvidiaDeviceRun {
  private static final KernelSource SOURCE =
      new KernelSource("k.cu", "extern \"C\" __global__ void kernel(int* x) {}", Map.of("N", 3));

  private NvidiaDeviceRun() {}

  public static void main(String[] arguments) {
    CudaSupport none = CudaSupport.ofNvidia(2);
    System.out.println(none.obstacle());
    CudaDevice device = CudaSupport.ofNvidia(1).device();
    System.out.println(device.properties());
    System.out.println(device.freeBytes() >> 30);
    long address = device.allocate(64);
    copy(device, address);
    device.load(SOURCE);
    run(device);
    fail(() -> device.allocate(2L << 40));
    fail(() -> device.launch("kernel", Grid.of(999, 32), 1L, 2, 3f));
    fail(() -> device.launch("other", Grid.of(1, 32)));
    fail(() -> device.prepare(new KernelSource("bad.cu", "bad", Map.of())));
    Nvrtc compiler = Nvrtc.open(CudaLibraries.of(System::getenv));
    System.out.println(new String(compiler.compile(SOURCE, 120).image(), 0, 3));
    device.free(address);
    device.close();
  }

  private static void copy(CudaDevice device, long address) {
    ByteBuffer host = device.hostMemory(8);
    host.putInt(0, 5).putInt(4, 6).position(4);
    device.upload(address + 4, host);
    ByteBuffer found = ByteBuffer.allocateDirect(12).order(host.order());
    device.download(found, address);
    System.out.println(found.getInt(0) + " " + found.getInt(4) + " " + found.getInt(8));
  }

  private static void run(CudaDevice device) {
    Product product = new Product(NumberType.BFLOAT16, 9, 20, 64, 64, 96, 32, false);
    Product added = new Product(NumberType.FLOAT32, 9, 20, 64, 64, 64, 20, true);
    device.launch("kernel", new Grid(2, 3, 4, 128, 100 << 10), 0x123456789abL, -5, 1.5f);
    device.multiply(product, 11, 12, 13);
    device.multiply(added, 11, 12, 13);
    CudaGraph graph = device.capture(() -> device.launch("kernel", Grid.of(1, 32), 1L, 2, 0.25f));
    graph.launch();
    graph.close();
    device.synchronize();
  }

  private static void fail(Runnable call) {
    try {
      call.run();
      System.out.println("no failure");
    } catch (CudaException e) {
      System.out.println(e.getMessage());
    }
  }
}
