package io.millrace.engine.model;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import io.millrace.engine.gemm.Gemm;
import io.millrace.engine.gemm.GemmDecoder;
import io.millrace.engine.gemm.NativeMatrix;
import io.millrace.engine.gemm.PairedCache;
import io.millrace.engine.gemm.WarmUp;
import io.millrace.engine.vector.LayerCache;
import io.millrace.engine.vector.PackedMatrix.Order;
import io.millrace.engine.vector.PackedMatrix.Rows;
import io.millrace.engine.vector.Team;
import java.nio.ByteBuffer;

/** Weights for decoding with multiplications of matrices, in tensors' memory. */
final class GemmWeights extends CollectedWeights<NativeMatrix> {
  private final Gemm gemm;
  private final PtNDManager manager;

  /**
   * @param manager of the memory
   */
  GemmWeights(ModelSpec spec, Gemm gemm, PtNDManager manager) {
    super(spec);
    this.gemm = gemm;
    this.manager = manager;
  }

  /** Whether a model's shapes can be multiplied. */
  static boolean takes(ModelSpec spec) {
    int qkv = (spec.heads() + 2 * spec.kvHeads()) * spec.headDim();
    return spec.headDim() % 2 == 0
        && NativeMatrix.takes(qkv, spec.hidden())
        && NativeMatrix.takes(spec.hidden(), spec.heads() * spec.headDim())
        && NativeMatrix.takes(2 * spec.intermediate(), spec.hidden())
        && NativeMatrix.takes(spec.hidden(), spec.intermediate())
        && NativeMatrix.takes(spec.vocab(), spec.hidden());
  }

  @Override
  boolean quantizes() {
    return false;
  }

  @Override
  NativeMatrix pack(int out, int in, int run, Order order, Rows rows) {
    return new NativeMatrix(
        gemm,
        out,
        in,
        run,
        order,
        rows,
        bytes -> ((PtNDArray) manager.create(new Shape(bytes), DataType.INT8)).toByteBuffer(true));
  }

  /** Has the JVM compile decoding. */
  void warmUp(int blockSize) {
    WarmUp.run(gemm, shape(), blockSize);
  }

  /** A layer's cache that can be multiplied with. */
  LayerCache cache(ByteBuffer keys, ByteBuffer values, int kvHeads, int blockSize, int headDim) {
    return new PairedCache(gemm, keys, values, kvHeads, blockSize, headDim);
  }

  /** Finishes. */
  GemmDecoder decoder(int blockSize, Team team) {
    return new GemmDecoder(gemm, shape(), layers(), head(), blockSize, team);
  }
}
