package io.millrace.engine.cuda;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;

/**
 * The arguments of a launch in native memory, as CUDA takes them: a list of the addresses of
 * values.
 */
final class LaunchArguments {
  private static final int MOST = 64;

  private final Memory values = new Memory((long) MOST * Long.BYTES);
  private final Memory addresses = new Memory((long) MOST * Native.POINTER_SIZE);

  LaunchArguments() {
    for (int i = 0; i < MOST; i++) {
      addresses.setPointer((long) i * Native.POINTER_SIZE, values.share((long) i * Long.BYTES));
    }
  }

  /** Arguments that are read until the next ones are made. */
  Pointer of(Number... numbers) {
    for (int i = 0; i < numbers.length; i++) {
      long at = (long) i * Long.BYTES;
      if (numbers[i] instanceof Long value) {
        values.setLong(at, value);
      } else if (numbers[i] instanceof Integer value) {
        values.setInt(at, value);
      } else if (numbers[i] instanceof Float value) {
        values.setFloat(at, value);
      } else {
        throw new IllegalArgumentException(
            "argument %d is neither long, int nor float: %s".formatted(i, numbers[i]));
      }
    }
    return addresses;
  }
}
