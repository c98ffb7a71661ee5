package io.millrace.models.weights;

import static java.util.Comparator.comparingLong;

import java.util.Collection;
import java.util.List;

/**
 * A tensor's entry in its file: name, type, shape and place.
 *
 * @param shape outermost dimension first
 * @param offset of its first byte, from the file's beginning
 */
record StoredTensor(String name, ElementType type, Shape shape, long offset) {
  long bytes() {
    return type.bytes(shape.elements());
  }

  long end() {
    return offset + bytes();
  }

  StoredTensor movedBy(long bytes) {
    return new StoredTensor(name, type, shape, offset + bytes);
  }

  /**
   * Refuses tensors that reach past the file's end or share bytes.
   *
   * @throws BadCheckpoint naming the tensor
   */
  static void checkPlaces(MappedFile file, Collection<StoredTensor> tensors) {
    for (StoredTensor tensor : tensors) {
      if (!file.holds(tensor.offset, tensor.bytes())) {
        throw new BadCheckpoint(
            file.path(),
            "is cut short or damaged: tensor %s takes %d bytes from byte %d, but the file has %d"
                .formatted(tensor.name, tensor.bytes(), tensor.offset, file.size()));
      }
    }
    StoredTensor before = null;
    for (StoredTensor tensor : inOrder(tensors)) {
      if (before != null && tensor.offset < before.end()) {
        throw new BadCheckpoint(
            file.path(), "tensors %s and %s overlap".formatted(before.name, tensor.name));
      }
      before = tensor;
    }
  }

  static List<StoredTensor> inOrder(Collection<StoredTensor> tensors) {
    return tensors.stream()
        .sorted(comparingLong(StoredTensor::offset).thenComparingLong(StoredTensor::end))
        .toList();
  }
}
