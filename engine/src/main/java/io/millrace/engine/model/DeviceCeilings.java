package io.millrace.engine.model;

/**
 * The most that a device does, by measurement: the ceilings of whatever is computed on it.
 *
 * @param device in one line, with its driver and libtorch
 * @param copyBandwidth bytes a second that a copy within its memory reads and writes
 * @param specifiedBandwidth bytes a second between it and its memory by the driver's word; 0 if it
 *     gives none
 * @param bf16Flops floating point operations a second of a large product of bfloat16 matrices, a
 *     multiplication and an addition counted as two
 * @param fp16Flops the same of float16
 * @param fp32Flops the same of float32
 * @param productError largest error of float32 numbers that are multiplied by 1: 0, unless they are
 *     cut to TensorFloat-32 on the way
 */
public record DeviceCeilings(
    String device,
    double copyBandwidth,
    double specifiedBandwidth,
    double bf16Flops,
    double fp16Flops,
    double fp32Flops,
    double productError) {}
