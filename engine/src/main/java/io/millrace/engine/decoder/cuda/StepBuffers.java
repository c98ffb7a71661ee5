package io.millrace.engine.decoder.cuda;

import static io.millrace.engine.decoder.cuda.DecoderKernels.CHUNK;
import static io.millrace.engine.decoder.cuda.DecoderKernels.EIGHT;
import static io.millrace.engine.decoder.cuda.DecoderKernels.padded;

import io.millrace.engine.cuda.CudaDevice;
import io.millrace.engine.cuda.NumberType;
import io.millrace.engine.decoder.DecoderShape;

/**
 * The memory of a step on the device, allocated once for the largest step, so that graphs may know
 * its addresses.
 *
 * @param input the step's numbers, ints
 * @param x [rows, hidden] the residual stream, floats
 * @param normalized [rows, hidden padded] numbers
 * @param heads [rows, qkv padded] floats
 * @param queries [rows, heads, head padded] numbers
 * @param attended [rows, heads * headDim padded] numbers
 * @param parts what splits of the context found, floats
 * @param gateUp [rows, 2 * intermediate padded] floats
 * @param gated [rows, intermediate padded] numbers
 * @param logits [wanted rows, vocab padded] floats
 * @param tokens [wanted rows] the likeliest, ints
 */
record StepBuffers(
    long input,
    long x,
    long normalized,
    long heads,
    long queries,
    long attended,
    long parts,
    long gateUp,
    long gated,
    long logits,
    long tokens) {

  /**
   * The size of the largest step.
   *
   * @param rows that it computes
   * @param wanted rows whose logits are wanted
   * @param ints of its input
   */
  record Size(int rows, int wanted, int ints) {}

  static StepBuffers allocate(
      CudaDevice device, NumberType type, CudaWeights weights, Size size, long partFloats) {
    DecoderShape shape = weights.shape();
    CudaWeights.Layer layer = weights.layers().get(0);
    long rows = size.rows;
    // Whoever multiplies few rows reads eight of them.
    long numbers = Math.max(rows, EIGHT) * type.bytes();
    long floats = rows * Float.BYTES;
    int head = padded(shape.headDim(), CHUNK);
    return new StepBuffers(
        device.allocate((long) size.ints * Integer.BYTES),
        device.allocate(floats * shape.hidden()),
        device.allocate(numbers * padded(shape.hidden(), CHUNK)),
        device.allocate(floats * layer.qkv().matrix().paddedOutputs()),
        device.allocate(numbers * shape.heads() * head),
        device.allocate(numbers * layer.output().matrix().stride()),
        device.allocate(partFloats * Float.BYTES),
        device.allocate(floats * layer.gateUp().matrix().paddedOutputs()),
        device.allocate(numbers * layer.down().matrix().stride()),
        device.allocate((long) size.wanted * weights.head().matrix().paddedOutputs() * Float.BYTES),
        device.allocate((long) size.wanted * Integer.BYTES));
  }

  void free(CudaDevice device) {
    long[] all = {
      input, x, normalized, heads, queries, attended, parts, gateUp, gated, logits, tokens
    };
    for (long address : all) {
      device.free(address);
    }
  }
}
