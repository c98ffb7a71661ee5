package io.millrace.engine.model;

import io.millrace.engine.vector.Format;
import io.millrace.engine.vector.PackedMatrix;
import io.millrace.engine.vector.PackedMatrix.Order;
import io.millrace.engine.vector.PackedMatrix.Rows;
import io.millrace.engine.vector.Team;
import io.millrace.engine.vector.VectorDecoder;
import io.millrace.engine.vector.WarmUp;

/** Weights for decoding with vectors, on Java's heap. */
final class VectorWeights extends CollectedWeights<PackedMatrix> {
  private final Format format;

  VectorWeights(ModelSpec spec, Format format) {
    super(spec);
    this.format = format;
  }

  /** Bytes of Java's heap that a model's weights take. */
  static long bytes(ModelSpec spec, Format format) {
    long attention = (long) spec.headDim() * (2L * spec.heads() + 2L * spec.kvHeads());
    long layer = spec.hidden() * (attention + 3L * spec.intermediate());
    long weights = spec.layers() * layer + (long) spec.vocab() * spec.hidden();
    return weights * format.bits() / Byte.SIZE;
  }

  /** Whether the model's shapes are such that the format can keep them. */
  static boolean takes(ModelSpec spec, Format format) {
    return format.takes(spec.hidden())
        && format.takes(spec.intermediate())
        && format.takes(spec.heads() * spec.headDim());
  }

  /** Names in logs what is done with them. */
  String label(int maxRows) {
    return "vectors of %s up to %s"
        .formatted(format.label(), maxRows == 1 ? "1 row" : maxRows + " rows");
  }

  @Override
  boolean quantizes() {
    return format == Format.INT8;
  }

  @Override
  PackedMatrix pack(int out, int in, int run, Order order, Rows rows) {
    return format.pack(out, in, order, rows);
  }

  /** Has the JVM compile decoding. */
  void warmUp(int blockSize, int maxRows, WarmUp.Caches caches) {
    WarmUp.run(format, shape(), blockSize, maxRows, caches);
  }

  /** Finishes. */
  VectorDecoder decoder(int blockSize, int maxRows, Team team) {
    return new VectorDecoder(shape(), layers(), head(), blockSize, maxRows, team);
  }
}
