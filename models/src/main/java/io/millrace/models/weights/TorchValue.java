package io.millrace.models.weights;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A value in a pickle of {@code torch.save} that is none of Java's: all that one may hold besides
 * strings, {@link Long}, {@link Double}, {@link Boolean}, lists and maps.
 */
sealed interface TorchValue {
  /** Python's None. */
  enum None implements TorchValue {
    NONE
  }

  /** Python's tuple. Never compared: a hostile one may hold itself. */
  record Tuple(List<Object> items) implements TorchValue {}

  /** Bytes of a pickle, which no tensor needs: their content is dropped. */
  enum Bytes implements TorchValue {
    BYTES
  }

  /** A callable that a pickle may name. */
  enum Function implements TorchValue {
    ORDERED_DICT("collections OrderedDict"),
    REBUILD_TENSOR("torch._utils _rebuild_tensor_v2"),
    REBUILD_PARAMETER("torch._utils _rebuild_parameter");

    private final String global;

    Function(String global) {
      this.global = global;
    }
  }

  /** A class of storages. */
  enum StorageClass implements TorchValue {
    DOUBLE("DoubleStorage", ElementType.F64),
    FLOAT("FloatStorage", ElementType.F32),
    HALF("HalfStorage", ElementType.F16),
    BFLOAT16("BFloat16Storage", ElementType.BF16),
    COMPLEX_FLOAT("ComplexFloatStorage", ElementType.C64),
    LONG("LongStorage", ElementType.I64),
    INT("IntStorage", ElementType.I32),
    SHORT("ShortStorage", ElementType.I16),
    CHAR("CharStorage", ElementType.I8),
    BYTE("ByteStorage", ElementType.U8),
    BOOL("BoolStorage", ElementType.BOOL);

    private final String global;
    final ElementType type;

    StorageClass(String name, ElementType type) {
      this.global = "torch " + name;
      this.type = type;
    }
  }

  /**
   * Numbers in an entry of their own.
   *
   * @param key the entry's name
   * @param elements how many there are
   */
  record Storage(ElementType type, String key, long elements) implements TorchValue {}

  /**
   * A view of a storage.
   *
   * @param offset of its first number, in elements
   * @param strides in elements, one for each dimension
   */
  record StridedTensor(Storage storage, long offset, long[] shape, long[] strides)
      implements TorchValue {

    /** Whether the numbers lie in order, one behind the other. */
    boolean contiguous() {
      long expected = 1;
      for (int i = shape.length - 1; i >= 0; i--) {
        if (shape[i] != 1 && strides[i] != expected) {
          return false;
        }
        expected *= shape[i];
      }
      return true;
    }

    /** Whether every number is one of a storage's first so many. */
    boolean within(long elements) {
      if (shape.length != strides.length || offset < 0 || offset > elements) {
        return false;
      }
      if (Arrays.stream(shape).anyMatch(dimension -> dimension == 0)) {
        return true;
      }
      long free = elements - offset;
      for (int i = 0; i < shape.length; i++) {
        if (strides[i] < 0 || shape[i] > 1 && strides[i] > (free - 1) / (shape[i] - 1)) {
          return false;
        }
        free -= (shape[i] - 1) * strides[i];
      }
      return free > 0;
    }
  }

  /** The function or class of this name, or null if a pickle may not use it. */
  static @Nullable TorchValue global(String module, String name) {
    String global = module + " " + name;
    for (Function function : Function.values()) {
      if (function.global.equals(global)) {
        return function;
      }
    }
    for (StorageClass storage : StorageClass.values()) {
      if (storage.global.equals(global)) {
        return storage;
      }
    }
    return null;
  }
}
