package io.millrace.engine.decoder.cuda;

/**
 * A weight on the device: [paddedOutputs, stride] numbers, row by row, padded with zeros.
 *
 * @param outputs rows that are no padding, or, of a gate and what it gates, with the padding
 *     between them
 */
record CudaMatrix(long address, int outputs, int stride) {

  /** Rows with the padding. */
  int paddedOutputs() {
    return DecoderKernels.padded(outputs, DecoderKernels.TILE);
  }

  int tiles() {
    return paddedOutputs() / DecoderKernels.TILE;
  }
}
