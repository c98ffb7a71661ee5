package io.millrace.models.weights;

import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A safetensors file: eight bytes of length, a JSON header, and the tensors without gaps.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">the format</a>
 */
final class SafetensorsFile implements TensorFile {
  /** The reference implementation's limit. */
  private static final long MAX_HEADER_BYTES = 100_000_000;

  private final MappedFile file;
  private final Map<String, TensorView> tensors;

  private SafetensorsFile(MappedFile file, Map<String, TensorView> tensors) {
    this.file = file;
    this.tensors = tensors;
  }

  static SafetensorsFile open(Path path) {
    MappedFile file = MappedFile.open(path);
    try {
      return new SafetensorsFile(file, read(file));
    } catch (BadCheckpoint e) {
      file.close();
      throw e;
    }
  }

  private static Map<String, TensorView> read(MappedFile file) {
    ByteCursor cursor = new ByteCursor(file.path(), file.map(0, Math.min(Long.BYTES, file.size())));
    long length = cursor.i64();
    if (length < 0 || length > MAX_HEADER_BYTES) {
      throw cursor.bad(
          "claims a header of %s bytes; the limit is %d"
              .formatted(Long.toUnsignedString(length), MAX_HEADER_BYTES));
    }
    long dataStart = Long.BYTES + length;
    if (dataStart > file.size()) {
      throw cursor.bad(
          "is cut short: its header takes %d bytes, but the file has %d"
              .formatted(length, file.size()));
    }
    Map<String, StoredTensor> stored = SafetensorsHeader.read(file, Long.BYTES, dataStart);
    checkPlaces(file, stored.values(), dataStart);
    Map<String, TensorView> tensors = new LinkedHashMap<>();
    stored.forEach((name, tensor) -> tensors.put(name, TensorView.mapped(file, tensor)));
    return tensors;
  }

  /** The format has neither gaps nor a rest, so a file that was cut short cannot pass. */
  private static void checkPlaces(
      MappedFile file, Collection<StoredTensor> tensors, long dataStart) {
    StoredTensor.checkPlaces(file, tensors);
    long end = dataStart;
    for (StoredTensor tensor : StoredTensor.inOrder(tensors)) {
      if (tensor.offset() != end) {
        throw new BadCheckpoint(
            file.path(),
            "%d bytes before tensor %s belong to none"
                .formatted(tensor.offset() - end, tensor.name()));
      }
      end = tensor.end();
    }
    if (end != file.size()) {
      throw new BadCheckpoint(
          file.path(), "%d bytes at the end belong to no tensor".formatted(file.size() - end));
    }
  }

  @Override
  public Map<String, TensorView> tensors() {
    return tensors;
  }

  @Override
  public void close() {
    file.close();
  }
}
