package io.millrace.engine.decoder.torch;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * The driver of NVIDIA's GPUs, as its C interface ({@code libcuda.so.1}) tells of it. CUDA's
 * runtime, which DJL asks, is in PyTorch's packages under a name that nothing finds; the driver is
 * wherever a GPU can be used. {@code CUDA_VISIBLE_DEVICES} holds for it, too.
 */
public final class NvidiaDriver {
  private static final String NAME = "libcuda.so.1";
  private static final Path VERSION = Path.of("/sys/module/nvidia/version");
  private static final int MOST_NAME = 256;
  private static final int MEMORY_CLOCK_KILOHERTZ = 36;
  private static final int MEMORY_BUS_BITS = 37;
  private static final int CAPABILITY_MAJOR = 75;
  private static final int CAPABILITY_MINOR = 76;

  /** Memory moves something at both edges of its clock. */
  private static final long TRANSFERS_A_CYCLE = 2;

  private final Calls calls;

  /** The driver's functions, as {@code cuda.h} declares them; each returns 0 or an error. */
  interface Calls extends Library {
    int cuInit(int flags);

    int cuDriverGetVersion(int[] version);

    int cuDeviceGetCount(int[] count);

    int cuDeviceGet(int[] device, int ordinal);

    int cuDeviceGetName(byte[] name, int length, int device);

    int cuDeviceGetAttribute(int[] value, int attribute, int device);

    int cuDevicePrimaryCtxRetain(PointerByReference context, int device);

    int cuCtxPushCurrent_v2(Pointer context);

    int cuCtxPopCurrent_v2(PointerByReference context);

    int cuMemGetInfo_v2(long[] free, long[] total);

    int cuGetErrorString(int error, PointerByReference text);
  }

  /** The bytes of a GPU's memory that are left, and all of them. */
  public record Memory(long freeBytes, long totalBytes) {}

  NvidiaDriver(Calls calls) {
    this.calls = calls;
  }

  /** The driver of this machine; empty if it has none. */
  public static Optional<NvidiaDriver> find() {
    try {
      return Optional.of(new NvidiaDriver(Native.load(NAME, Calls.class)));
    } catch (UnsatisfiedLinkError none) {
      return Optional.empty();
    }
  }

  /**
   * Number of GPUs that this process may use.
   *
   * @throws IllegalStateException if the driver does not work, in its own words
   */
  public int count() {
    int[] count = new int[1];
    try {
      check(calls.cuInit(0));
      check(calls.cuDeviceGetCount(count));
    } catch (UnsatisfiedLinkError e) {
      throw new IllegalStateException(NAME + " is no NVIDIA driver's: " + e.getMessage(), e);
    }
    return count[0];
  }

  /** The CUDA that the driver is for, such as 12.8. */
  public String cuda() {
    int[] version = new int[1];
    check(calls.cuDriverGetVersion(version));
    return "%d.%d".formatted(version[0] / 1000, version[0] % 1000 / 10);
  }

  /** The driver's own version, such as 570.86.10; empty where the system does not tell. */
  public Optional<String> version() {
    try {
      return Files.isReadable(VERSION)
          ? Optional.of(Files.readString(VERSION).strip())
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** A GPU's name, such as NVIDIA H100 80GB HBM3. */
  public String name(int ordinal) {
    byte[] name = new byte[MOST_NAME];
    check(calls.cuDeviceGetName(name, name.length, device(ordinal)));
    return Native.toString(name, StandardCharsets.UTF_8.name());
  }

  /** A GPU's compute capability, such as 9.0. */
  public String capability(int ordinal) {
    return attribute(ordinal, CAPABILITY_MAJOR) + "." + attribute(ordinal, CAPABILITY_MINOR);
  }

  /** Bytes a second between a GPU and its memory, as specified; 0 if the driver does not tell. */
  public long bandwidth(int ordinal) {
    long hertz = 1000L * attribute(ordinal, MEMORY_CLOCK_KILOHERTZ);
    return hertz * TRANSFERS_A_CYCLE * attribute(ordinal, MEMORY_BUS_BITS) / Byte.SIZE;
  }

  /** A GPU's memory as it is now, whoever uses it. */
  public Memory memory(int ordinal) {
    PointerByReference context = new PointerByReference();
    // Kept: it is the one that libtorch uses, until the process ends.
    check(calls.cuDevicePrimaryCtxRetain(context, device(ordinal)));
    check(calls.cuCtxPushCurrent_v2(context.getValue()));
    try {
      long[] free = new long[1];
      long[] total = new long[1];
      check(calls.cuMemGetInfo_v2(free, total));
      return new Memory(free[0], total[0]);
    } finally {
      calls.cuCtxPopCurrent_v2(new PointerByReference());
    }
  }

  /** A GPU and its driver in one line. */
  String describe(int ordinal) {
    Memory memory = memory(ordinal);
    return String.format(
        Locale.ROOT,
        "%s, compute capability %s, %.1f of %.1f GiB free, driver%s for CUDA %s",
        name(ordinal),
        capability(ordinal),
        gibibytes(memory.freeBytes),
        gibibytes(memory.totalBytes),
        version().map(" "::concat).orElse(""),
        cuda());
  }

  private int device(int ordinal) {
    int[] device = new int[1];
    check(calls.cuInit(0));
    check(calls.cuDeviceGet(device, ordinal));
    return device[0];
  }

  private int attribute(int ordinal, int attribute) {
    int[] value = new int[1];
    check(calls.cuDeviceGetAttribute(value, attribute, device(ordinal)));
    return value[0];
  }

  private void check(int error) {
    if (error != 0) {
      PointerByReference text = new PointerByReference();
      boolean told = calls.cuGetErrorString(error, text) == 0 && text.getValue() != null;
      throw new IllegalStateException(
          "the NVIDIA driver says: %s"
              .formatted(told ? text.getValue().getString(0) : "error " + error));
    }
  }

  private static double gibibytes(long bytes) {
    return bytes / (double) (1 << 30);
  }
}
