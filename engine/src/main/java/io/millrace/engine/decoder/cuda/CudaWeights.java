package io.millrace.engine.decoder.cuda;

import io.millrace.engine.decoder.DecoderLayer;
import io.millrace.engine.decoder.DecoderShape;
import io.millrace.engine.decoder.DecoderWeights;
import io.millrace.engine.decoder.Linear;
import java.util.List;

/**
 * A model's weights on the device; the address 0 is that of what a model does not have.
 *
 * @param embedding [vocab, hidden] numbers
 * @param turns [positions, headDim / 2, 2] floats
 * @param slopes [heads] floats
 */
record CudaWeights(
    DecoderShape shape, List<Layer> layers, Part head, long embedding, long turns, long slopes) {

  /**
   * A linear layer.
   *
   * @param factors of the inputs, floats
   * @param bias of the outputs, floats in the order of the matrix's rows
   */
  record Part(CudaMatrix matrix, long factors, long bias) {}

  /**
   * A decoder layer.
   *
   * @param headNorms [heads + kvHeads, headDim] floats
   */
  record Layer(Part qkv, Part output, Part gateUp, Part down, long headNorms) {}

  CudaWeights {
    layers = List.copyOf(layers);
  }

  /** Uploads what is beside the matrices, which are on the device already. */
  static CudaWeights of(DecoderWeights<CudaMatrix> weights, long embedding, MatrixUpload upload) {
    return new CudaWeights(
        weights.shape(),
        weights.layers().stream().map(layer -> layer(layer, upload)).toList(),
        part(weights.head(), upload),
        embedding,
        upload.uploadFloats(weights.shape().turns()),
        upload.uploadFloats(weights.shape().slopes()));
  }

  private static Layer layer(DecoderLayer<CudaMatrix> layer, MatrixUpload upload) {
    Linear<CudaMatrix> gateUp = layer.gateUp();
    float[] gateBias = MatrixUpload.interleaved(gateUp.bias());
    return new Layer(
        part(layer.qkv(), upload),
        part(layer.output(), upload),
        part(new Linear<>(gateUp.matrix(), gateUp.factors(), gateBias), upload),
        part(layer.down(), upload),
        upload.uploadFloats(layer.headNorms()));
  }

  private static Part part(Linear<CudaMatrix> linear, MatrixUpload upload) {
    return new Part(
        linear.matrix(), upload.uploadFloats(linear.factors()), upload.uploadFloats(linear.bias()));
  }
}
