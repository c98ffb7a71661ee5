package io.millrace.engine.decoder.torch;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import java.nio.charset.StandardCharsets;

/** A driver of H100s, or one that fails at everything. */
record FakeCuda(int gpus, int cuda, int error) implements NvidiaDriver.Calls {
  static final long FREE = 70L << 30;
  static final long TOTAL = 80L << 30;
  private static final String TOLD = "CUDA driver version is insufficient";

  static FakeCuda of(int gpus) {
    return new FakeCuda(gpus, 12080, 0);
  }

  NvidiaDriver driver() {
    return new NvidiaDriver(this);
  }

  @Override
  public int cuInit(int flags) {
    return error;
  }

  @Override
  public int cuDriverGetVersion(int[] version) {
    version[0] = cuda;
    return 0;
  }

  @Override
  public int cuDeviceGetCount(int[] count) {
    count[0] = gpus;
    return error;
  }

  @Override
  public int cuDeviceGet(int[] device, int ordinal) {
    device[0] = 100 + ordinal;
    return error;
  }

  @Override
  public int cuDeviceGetName(byte[] name, int length, int device) {
    byte[] told = ("NVIDIA H100 " + device + "\0").getBytes(StandardCharsets.UTF_8);
    System.arraycopy(told, 0, name, 0, told.length);
    return error;
  }

  @Override
  public int cuDeviceGetAttribute(int[] value, int attribute, int device) {
    value[0] =
        switch (attribute) {
          case 36 -> 2_619_000;
          case 37 -> 5120;
          case 75 -> 9;
          default -> 0;
        };
    return error;
  }

  @Override
  public int cuDevicePrimaryCtxRetain(PointerByReference context, int device) {
    context.setValue(new Memory(8));
    return error;
  }

  @Override
  public int cuCtxPushCurrent_v2(Pointer context) {
    return error;
  }

  @Override
  public int cuCtxPopCurrent_v2(PointerByReference context) {
    return error;
  }

  @Override
  public int cuMemGetInfo_v2(long[] free, long[] total) {
    free[0] = FREE;
    total[0] = TOTAL;
    return error;
  }

  @Override
  public int cuGetErrorString(int number, PointerByReference text) {
    Memory told = new Memory(TOLD.length() + 1L);
    told.setString(0, TOLD);
    text.setValue(told);
    return 0;
  }
}
