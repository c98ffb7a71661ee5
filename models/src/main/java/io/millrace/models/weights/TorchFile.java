package io.millrace.models.weights;

import io.millrace.models.weights.TorchValue.Storage;
import io.millrace.models.weights.TorchValue.StridedTensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A file of {@code torch.save}: a zip of a pickle ({@code data.pkl}) and of the storages that it
 * names ({@code data/0} and so on), all under one folder.
 *
 * @see <a href="https://docs.pytorch.org/docs/stable/notes/serialization.html">the format</a>
 */
final class TorchFile implements TensorFile {
  private static final int MAX_PICKLE_BYTES = 1 << 26;
  private static final int ZIP = 0x04034b50;
  private static final int PICKLE_PROTOCOL = 0x80;
  private static final String PICKLE = "data.pkl";

  private final MappedFile file;
  private final ZipDirectory zip;
  private final Map<String, TensorView> tensors = new LinkedHashMap<>();

  private TorchFile(MappedFile file, ZipDirectory zip) {
    this.file = file;
    this.zip = zip;
  }

  static TorchFile open(Path path) {
    MappedFile file = MappedFile.open(path);
    try {
      checkFormat(file);
      TorchFile torch = new TorchFile(file, ZipDirectory.read(file));
      torch.readPickle();
      return torch;
    } catch (BadCheckpoint e) {
      file.close();
      throw e;
    }
  }

  private static void checkFormat(MappedFile file) {
    ByteCursor cursor =
        new ByteCursor(file.path(), file.map(0, Math.min(Integer.BYTES, file.size())));
    if (cursor.u8() == PICKLE_PROTOCOL) {
      throw cursor.bad(
          "is in the format of torch.save before PyTorch 1.6, which is not supported; save it again"
              + " with a newer PyTorch, best as safetensors");
    }
    if (cursor.at(0).i32() != ZIP) {
      throw cursor.bad("is not a file of torch.save: it does not begin as a zip file does");
    }
  }

  private void readPickle() {
    String folder = folder();
    checkByteOrder(folder + "byteorder");
    ZipDirectory.Extent extent = zip.extent(folder + PICKLE);
    if (extent.length() > MAX_PICKLE_BYTES) {
      throw bad(
          "has a pickle of %d bytes; the limit is %d".formatted(extent.length(), MAX_PICKLE_BYTES));
    }
    if (!(Unpickler.load(cursor(extent)) instanceof Map<?, ?> dict)) {
      throw bad("holds something else than a dict of tensors");
    }
    dict.forEach(
        (key, value) -> {
          if (key instanceof String name && value instanceof StridedTensor tensor) {
            tensors.put(name, view(folder, name, tensor));
          }
        });
    if (tensors.isEmpty()) {
      throw bad("holds a dict without tensors");
    }
  }

  /** The folder that all entries lie in is named after the file, whatever it was called then. */
  private String folder() {
    for (String name : zip.names()) {
      if (name.equals(PICKLE) || name.endsWith("/" + PICKLE)) {
        return name.substring(0, name.length() - PICKLE.length());
      }
    }
    throw bad("is not a file of torch.save: the zip has no " + PICKLE);
  }

  private void checkByteOrder(String entry) {
    if (zip.names().contains(entry)) {
      ZipDirectory.Extent extent = zip.extent(entry);
      String order = cursor(extent).utf8(extent.length(), MAX_PICKLE_BYTES);
      if (!order.equals("little")) {
        throw bad("holds big-endian numbers, which are not supported");
      }
    }
  }

  private ByteCursor cursor(ZipDirectory.Extent extent) {
    return new ByteCursor(file.path(), file.map(extent.offset(), extent.length()));
  }

  private TensorView view(String folder, String name, StridedTensor tensor) {
    Storage storage = tensor.storage();
    Shape shape = Shape.checked(file.path(), name, storage.type(), tensor.shape());
    int elementBytes = storage.type().blockBytes();
    ZipDirectory.Extent extent = zip.extent(folder + "data/" + storage.key());
    if (storage.elements() < 0 || storage.elements() > extent.length() / elementBytes) {
      throw bad(
          "tensor %s needs a storage of %d %s, but the zip entry has %d bytes"
              .formatted(name, storage.elements(), storage.type(), extent.length()));
    }
    checkWithin(name, tensor, shape);
    if (tensor.contiguous()) {
      long begin = extent.offset() + tensor.offset() * elementBytes;
      return TensorView.mapped(file, new StoredTensor(name, storage.type(), shape, begin));
    }
    StridedRows rows =
        new StridedRows(
            file, extent, elementBytes, tensor.offset(), tensor.shape(), tensor.strides());
    return new TensorView(name, storage.type(), shape, rows);
  }

  /** A view that repeats numbers of its storage may claim any size, so it is refused. */
  private void checkWithin(String name, StridedTensor tensor, Shape shape) {
    long elements = tensor.storage().elements();
    if (!tensor.within(elements) || shape.elements() > elements) {
      throw bad(
          "tensor %s of shape %s, strides %s and offset %d does not fit its storage of %d elements"
              .formatted(
                  name, shape, Arrays.toString(tensor.strides()), tensor.offset(), elements));
    }
  }

  private BadCheckpoint bad(String what) {
    return new BadCheckpoint(file.path(), what);
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
