package io.millrace.models.weights;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A GGUF file, version 2 or 3: metadata, and tensors under ggml's own names.
 *
 * @see <a href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">the format</a>
 */
public final class GgufFile implements AutoCloseable {
  private static final int MAGIC = 0x46554747;
  private static final int MAX_TENSORS = 1 << 18;
  private static final int MAX_NAME_BYTES = 1 << 10;
  private static final int MAX_DIMENSIONS = 4;
  private static final int MAX_ALIGNMENT = 1 << 20;

  private final MappedFile file;
  private final GgufMetadata metadata;
  private final Map<String, StoredTensor> tensors;

  private GgufFile(MappedFile file, GgufMetadata metadata, Map<String, StoredTensor> tensors) {
    this.file = file;
    this.metadata = metadata;
    this.tensors = tensors;
  }

  /**
   * Opens a file and checks its header and the place of every tensor; no tensor is read.
   *
   * @throws BadCheckpoint if it is no GGUF file, damaged, or of a kind that is not supported
   */
  public static GgufFile open(Path path) {
    MappedFile file = MappedFile.open(path);
    try {
      return read(file);
    } catch (BadCheckpoint e) {
      file.close();
      throw e;
    }
  }

  private static GgufFile read(MappedFile file) {
    ByteBuffer head = file.head();
    ByteCursor cursor = new ByteCursor(file.path(), head);
    checkVersion(cursor);
    long numTensors = cursor.i64();
    if (numTensors < 0 || numTensors > MAX_TENSORS) {
      throw cursor.bad(
          "claims %s tensors; the limit is %d"
              .formatted(Long.toUnsignedString(numTensors), MAX_TENSORS));
    }
    long numValues = cursor.i64();
    GgufMetadata metadata = GgufMetadata.read(file.path(), head, cursor, numValues);
    long alignment = alignment(cursor, metadata);
    Map<String, StoredTensor> relative = new LinkedHashMap<>();
    for (long i = 0; i < numTensors; i++) {
      StoredTensor tensor = readTensor(file.path(), cursor, alignment);
      if (relative.put(tensor.name(), tensor) != null) {
        throw cursor.bad("tensor %s is there twice".formatted(tensor.name()));
      }
    }
    long start = (cursor.position() + alignment - 1) / alignment * alignment;
    return new GgufFile(file, metadata, placed(file, relative, start));
  }

  private static void checkVersion(ByteCursor cursor) {
    if (cursor.remaining() < 2 * Integer.BYTES || cursor.i32() != MAGIC) {
      throw cursor.bad("is not a GGUF file: it does not begin with the letters GGUF");
    }
    int version = cursor.i32();
    if (version != 2 && version != 3) {
      boolean swapped = Integer.reverseBytes(version) == 2 || Integer.reverseBytes(version) == 3;
      throw cursor.bad(
          swapped
              ? "is a big-endian GGUF file, which is not supported"
              : "has GGUF version %s; versions 2 and 3 are supported"
                  .formatted(Integer.toUnsignedString(version)));
    }
  }

  private static long alignment(ByteCursor cursor, GgufMetadata metadata) {
    long alignment = metadata.integer("general.alignment").orElse(32);
    if (alignment < 1 || alignment > MAX_ALIGNMENT || Long.bitCount(alignment) != 1) {
      throw cursor.bad(
          "metadata general.alignment must be a power of two up to %d, but is %d"
              .formatted(MAX_ALIGNMENT, alignment));
    }
    return alignment;
  }

  private static StoredTensor readTensor(Path path, ByteCursor cursor, long alignment) {
    String name = cursor.utf8(cursor.i64(), MAX_NAME_BYTES);
    long numDimensions = cursor.u32();
    if (numDimensions > MAX_DIMENSIONS) {
      throw cursor.bad(
          "tensor %s has %d dimensions; the limit is %d"
              .formatted(name, numDimensions, MAX_DIMENSIONS));
    }
    // ggml lists the innermost dimension first.
    long[] dimensions = new long[(int) numDimensions];
    for (int i = dimensions.length - 1; i >= 0; i--) {
      dimensions[i] = cursor.i64();
    }
    ElementType type = GgmlTypes.read(cursor, name);
    Shape shape = Shape.checked(path, name, type, dimensions);
    long offset = cursor.i64();
    if (offset < 0 || offset % alignment != 0) {
      throw cursor.bad(
          "tensor %s begins at %s, which is not a multiple of %d"
              .formatted(name, Long.toUnsignedString(offset), alignment));
    }
    return new StoredTensor(name, type, shape, offset);
  }

  private static Map<String, StoredTensor> placed(
      MappedFile file, Map<String, StoredTensor> relative, long start) {
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    for (StoredTensor tensor : relative.values()) {
      tensors.put(tensor.name(), tensor.movedBy(start));
    }
    StoredTensor.checkPlaces(file, tensors.values());
    return tensors;
  }

  public Path path() {
    return file.path();
  }

  public GgufMetadata metadata() {
    return metadata;
  }

  MappedFile file() {
    return file;
  }

  /** The tensors by ggml's names, at their places in the file. */
  Map<String, StoredTensor> tensors() {
    return Collections.unmodifiableMap(tensors);
  }

  /** Closes the file; the metadata stays readable. */
  @Override
  public void close() {
    file.close();
  }
}
