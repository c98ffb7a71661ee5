package io.millrace.models.weights;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** A GGUF file, or the parts of a split one, read as a Hugging Face checkpoint. */
final class GgufModel implements TensorFile {
  /** No weight, but a part of the configuration. */
  private static final String ROPE_FACTORS = "rope_freqs.weight";

  private static final int MAX_ROPE_FACTORS = 1 << 12;

  private final List<GgufFile> parts;
  private final GgufFile first;
  private final GgufArchitecture architecture;
  private final GgufConfig metadata;
  private final Map<String, TensorView> tensors = new LinkedHashMap<>();
  private final ObjectNode config;

  /**
   * @param path a GGUF file; of a split one, the first part
   */
  static GgufModel open(Path path) {
    List<GgufFile> parts = GgufParts.open(path);
    try {
      return new GgufModel(parts);
    } catch (BadCheckpoint e) {
      parts.forEach(GgufFile::close);
      throw e;
    }
  }

  private GgufModel(List<GgufFile> parts) {
    this.parts = parts;
    this.first = parts.get(0);
    this.architecture = GgufArchitecture.of(first);
    this.metadata = new GgufConfig(first, architecture);
    parts.forEach(this::addTensors);
    this.config = metadata.toJson(tensors, ropeFactors());
  }

  private void addTensors(GgufFile part) {
    for (StoredTensor stored : part.tensors().values()) {
      if (stored.name().equals(ROPE_FACTORS)) {
        continue;
      }
      String name = GgufArchitecture.huggingFaceName(stored.name());
      if (name == null) {
        throw new BadCheckpoint(
            part.path(),
            "tensor %s does not belong to the architecture %s as it is supported"
                .formatted(stored.name(), architecture.key));
      }
      TensorView view =
          new TensorView(name, stored.type(), stored.shape(), rows(part, name, stored));
      if (tensors.put(name, view) != null) {
        throw new BadCheckpoint(part.path(), "tensor %s is there twice".formatted(stored.name()));
      }
    }
  }

  private RowSource rows(GgufFile part, String name, StoredTensor stored) {
    RowSource rows = RowSource.mapped(part.file(), stored);
    if (!architecture.permutes(name)) {
      return rows;
    }
    long heads = name.contains(".q_proj.") ? metadata.heads() : metadata.kvHeads();
    long numRows = stored.shape().rows();
    if (heads < 1 || heads > numRows || numRows % (2 * heads) != 0) {
      throw new BadCheckpoint(
          part.path(),
          "tensor %s has %d rows, which %d heads do not share evenly"
              .formatted(stored.name(), numRows, heads));
    }
    return new UnpermutedRows(
        rows, numRows / heads, stored.type().bytes(stored.shape().rowElements()));
  }

  /** What {@code config.json} would say. */
  ObjectNode config() {
    return config;
  }

  private float @Nullable [] ropeFactors() {
    StoredTensor stored = first.tensors().get(ROPE_FACTORS);
    if (stored == null) {
      return null;
    }
    if (stored.type() != ElementType.F32 || stored.shape().elements() > MAX_ROPE_FACTORS) {
      throw new BadCheckpoint(
          first.path(),
          "tensor %s must be at most %d F32, but is %s of shape %s"
              .formatted(ROPE_FACTORS, MAX_ROPE_FACTORS, stored.type(), stored.shape()));
    }
    ByteBuffer data = first.file().map(stored.offset(), stored.bytes());
    float[] factors = new float[(int) stored.shape().elements()];
    data.asFloatBuffer().get(factors);
    return factors;
  }

  @Override
  public Map<String, TensorView> tensors() {
    return tensors;
  }

  @Override
  public void close() {
    parts.forEach(GgufFile::close);
  }
}
