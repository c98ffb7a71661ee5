package io.millrace.engine.cuda;

/**
 * A multiplication of matrices that lie row by row: x [rows, inputs] by w [outputs, inputs],
 * transposed, gives y [rows, outputs] in float32.
 *
 * @param type of x and w; sums are float32
 * @param xStride numbers from row to row
 * @param wStride numbers from row to row
 * @param yStride numbers from row to row
 * @param add whether the product is added to y
 */
public record Product(
    NumberType type,
    int rows,
    int outputs,
    int inputs,
    int xStride,
    int wStride,
    int yStride,
    boolean add) {}
