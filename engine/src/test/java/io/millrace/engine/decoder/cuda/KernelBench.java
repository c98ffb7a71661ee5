package io.millrace.engine.decoder.cuda;

import io.millrace.engine.cuda.EmulatedDevice;
import io.millrace.engine.cuda.Grid;
import io.millrace.engine.cuda.KernelSource;
import io.millrace.engine.cuda.NumberType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;

/** A decoder's kernels on an emulated device, and arrays there and back. */
final class KernelBench implements AutoCloseable {
  private static final int HALF_BIAS = 112;

  private final EmulatedDevice device = EmulatedDevice.open();
  private final NumberType type;

  KernelBench(NumberType type, int headDim) {
    this(type, DecoderKernels.of(type, headDim));
  }

  KernelBench(NumberType type, KernelSource source) {
    this.type = type;
    device.load(source);
  }

  EmulatedDevice device() {
    return device;
  }

  void launch(String kernel, Grid grid, Number... arguments) {
    device.launch(kernel, grid, arguments);
  }

  long ints(int... values) {
    ByteBuffer bytes = buffer(values.length * Integer.BYTES);
    bytes.asIntBuffer().put(values);
    return upload(bytes);
  }

  long floats(float... values) {
    ByteBuffer bytes = buffer(values.length * Float.BYTES);
    bytes.asFloatBuffer().put(values);
    return upload(bytes);
  }

  long doubles(double... values) {
    ByteBuffer bytes = buffer(values.length * Double.BYTES);
    bytes.asDoubleBuffer().put(values);
    return upload(bytes);
  }

  /** Values as numbers of the bench's type. */
  long numbers(float... values) {
    ByteBuffer bytes = buffer(values.length * type.bytes());
    for (int i = 0; i < values.length; i++) {
      type.put(bytes, i, values[i]);
    }
    return upload(bytes);
  }

  /** Rows of numbers with zeros behind each. */
  long padded(float[] values, int width, int stride) {
    float[] all = new float[values.length / width * stride];
    for (int i = 0; i < values.length; i++) {
      all[i / width * stride + i % width] = values[i];
    }
    return numbers(all);
  }

  int[] readInts(long address, int count) {
    int[] values = new int[count];
    download(address, count * Integer.BYTES).asIntBuffer().get(values);
    return values;
  }

  float[] readFloats(long address, int count) {
    float[] values = new float[count];
    download(address, count * Float.BYTES).asFloatBuffer().get(values);
    return values;
  }

  float[] readNumbers(long address, int count) {
    ByteBuffer bytes = download(address, count * type.bytes());
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = type == NumberType.FLOAT32 ? bytes.getFloat() : of(bytes.getShort() & 0xffff);
    }
    return values;
  }

  /** Random numbers that the type has. */
  float[] random(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return readNumbers(numbers(values), count);
  }

  /** How far a result may be from what was computed in double, for each of its size. */
  double tolerance() {
    return switch (type) {
      case FLOAT32 -> 2e-5;
      case BFLOAT16 -> 2e-2;
      case FLOAT16 -> 3e-3;
    };
  }

  /** The number that 16 bits stand for. */
  private float of(int bits) {
    if (type == NumberType.BFLOAT16) {
      return Float.intBitsToFloat(bits << Short.SIZE);
    }
    int exponent = bits >> 10 & 31;
    int fraction = bits & 1023;
    float size =
        exponent == 0
            ? fraction * 0x1p-24f
            : Float.intBitsToFloat(
                (exponent == 31 ? 255 : exponent + HALF_BIAS) << 23 | fraction << 13);
    return (bits & 0x8000) == 0 ? size : -size;
  }

  private long upload(ByteBuffer bytes) {
    long address = device.allocate(Math.max(1, bytes.limit()));
    device.upload(address, bytes);
    return address;
  }

  private ByteBuffer download(long address, int bytes) {
    ByteBuffer values = buffer(bytes);
    device.download(values, address);
    return values;
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }

  @Override
  public void close() {
    device.close();
  }
}
