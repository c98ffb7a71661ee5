package io.millrace.engine.decoder.torch;

import ai.djl.Device;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.millrace.engine.model.DeviceCeilings;
import java.time.Duration;

/** The measurement of a device's {@link DeviceCeilings} by the operators that the program uses. */
public final class CeilingTrial {
  private static final double NANOS_A_SECOND = 1e9;

  /** Side of a matrix whose product TensorFloat-32 would be chosen for, if it were allowed. */
  private static final int PRODUCT_SIZE = 512;

  /** Needs 12 bits behind the point; TensorFloat-32 has 10. */
  private static final float ONE_AND_A_BIT = 1 + 1f / 4096;

  private final PtNDManager manager;
  private final TorchProgram program;
  private final Duration each;

  private CeilingTrial(PtNDManager manager, TorchProgram program, Duration each) {
    this.manager = manager;
    this.program = program;
    this.each = each;
  }

  /**
   * Measures a device.
   *
   * @param name such as {@code cpu} or {@code cuda:0}
   * @param size side of the matrices that are multiplied
   * @param bytes that are copied at once, more than any cache holds
   * @param each how long each measurement takes at least
   * @throws IllegalArgumentException if the device is not there
   */
  public static DeviceCeilings measure(
      String name, int threads, int size, long bytes, Duration each) {
    Device device = TorchEngine.device(name);
    try (PtNDManager manager = TorchEngine.manager(device);
        TorchProgram program = new TorchProgram(manager)) {
      new TorchThreads(threads).useAll();
      CeilingTrial trial = new CeilingTrial(manager, program, each);
      return new DeviceCeilings(
          TorchEngine.describe(device),
          trial.copyBandwidth(bytes),
          device.isGpu()
              ? NvidiaDriver.find().map(it -> it.bandwidth(device.getDeviceId())).orElse(0L)
              : 0,
          trial.flops(ScalarType.BFLOAT16, size),
          trial.flops(ScalarType.FLOAT16, size),
          trial.flops(ScalarType.FLOAT32, size),
          trial.productError());
    }
  }

  private double copyBandwidth(long bytes) {
    Shape shape = new Shape(bytes / Float.BYTES);
    try (PtNDArray source = (PtNDArray) manager.ones(shape, DataType.FLOAT32);
        PtNDArray target = (PtNDArray) manager.zeros(shape, DataType.FLOAT32)) {
      return 2 * bytes * timesASecond("copy_times", source, target);
    }
  }

  private double flops(ScalarType type, int size) {
    try (PtNDManager scope = (PtNDManager) manager.newSubManager()) {
      PtNDArray a = random(scope, type, size);
      PtNDArray b = random(scope, type, size);
      return 2.0 * size * size * size * timesASecond("matmul_times", a, b);
    }
  }

  private PtNDArray random(PtNDManager scope, ScalarType type, int size) {
    try (IValue floats = IValue.from((PtNDArray) scope.randomNormal(new Shape(size, size)));
        IValue code = IValue.from(type.code())) {
      return program.tensor(scope, "cast", floats, code);
    }
  }

  private double productError() {
    try (PtNDManager scope = (PtNDManager) manager.newSubManager();
        IValue x =
            IValue.from(
                (PtNDArray)
                    scope.full(
                        new Shape(PRODUCT_SIZE, PRODUCT_SIZE), ONE_AND_A_BIT, DataType.FLOAT32))) {
      return program.tensor(scope, "product_error", x).toFloatArray()[0];
    }
  }

  /** How often a method of two tensors is done in a second: the best of runs of growing length. */
  private double timesASecond(String method, PtNDArray a, PtNDArray b) {
    run(method, a, b, 1);
    double best = 0;
    long spent = 0;
    for (long times = 1; spent < each.toNanos(); times *= 2) {
      long nanos = run(method, a, b, times);
      spent += nanos;
      best = Math.max(best, times * NANOS_A_SECOND / nanos);
    }
    return best;
  }

  private long run(String method, PtNDArray a, PtNDArray b, long times) {
    long started = System.nanoTime();
    try (PtNDManager scope = (PtNDManager) manager.newSubManager();
        IValue first = IValue.from(a);
        IValue second = IValue.from(b);
        IValue count = IValue.from(times)) {
      // Reading the result waits for all of it.
      program.tensor(scope, method, first, second, count).toFloatArray();
    }
    return System.nanoTime() - started;
  }
}
