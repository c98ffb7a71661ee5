package io.millrace.engine.decoder.gemm;

import io.millrace.engine.decoder.DecoderShape;
import io.millrace.engine.decoder.vector.PlainDecoder;
import io.millrace.engine.decoder.vector.TinyShape;
import io.millrace.engine.decoder.vector.WeightFormat;

/** Small decoders of random weights, each with something that others lack. */
enum TinyDecoder {
  /** Two heads share a key. */
  GROUPED(TinyShape.of(40, 36, 4, 2, 8, 0, true), 75, false, false),
  BIASED(TinyShape.of(48, 34, 4, 4, 16, 0, true), 75, true, false),
  /** Three heads share a key, and tokens see a window that begins and ends within blocks. */
  WINDOWED(TinyShape.of(96, 70, 6, 2, 16, 37, true), 64, false, true),
  /** Distance costs. */
  SLOPED(TinyShape.of(40, 36, 4, 4, 8, 0, false), 75, false, false),
  SLOPED_AND_WINDOWED(TinyShape.of(32, 66, 4, 1, 16, 20, false), 31, true, false),
  /** All heads share a key. */
  SINGLE_KEY(TinyShape.of(72, 32, 3, 1, 64, 0, true), 33, false, true),
  WIDE_HEADS(TinyShape.of(64, 64, 2, 2, 80, 0, true), 64, true, true),
  /** Panels of all outputs and gates are wide. */
  WIDE_PANELS(TinyShape.of(24, 1030, 2, 1, 8, 0, true), 2051, true, false);

  private final DecoderShape shape;
  private final int vocab;
  private final boolean biases;
  private final boolean headNorms;

  TinyDecoder(DecoderShape shape, int vocab, boolean biases, boolean headNorms) {
    this.shape = shape;
    this.vocab = vocab;
    this.biases = biases;
    this.headNorms = headNorms;
  }

  DecoderShape shape() {
    return shape;
  }

  int vocab() {
    return vocab;
  }

  /** In double precision, but for weights and values, which are bfloat16. */
  PlainDecoder plain() {
    return new PlainDecoder(
        shape, vocab, WeightFormat.BFLOAT16, true, biases, headNorms, ordinal() + 1);
  }
}
