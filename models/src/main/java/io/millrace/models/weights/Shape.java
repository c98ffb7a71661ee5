package io.millrace.models.weights;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The dimensions of a tensor, outermost first; their product, even in bytes, fits 63 bits. */
final class Shape {
  /** More than any weight has, and few enough that a hostile file gains nothing. */
  static final int MAX_DIMENSIONS = 8;

  private static final long MAX_ELEMENTS = 1L << 56;

  private final long[] dimensions;
  private final long elements;

  /**
   * @throws ArithmeticException if a dimension is negative, or there are too many, or their product
   *     is past the limit; its message goes after "has"
   */
  Shape(long... dimensions) {
    if (dimensions.length > MAX_DIMENSIONS) {
      throw new ArithmeticException(
          dimensions.length + " dimensions; the limit is " + MAX_DIMENSIONS);
    }
    long product = 1;
    for (long dimension : dimensions) {
      if (dimension < 0) {
        throw new ArithmeticException("the dimension " + dimension);
      }
      if (dimension > 0 && product > MAX_ELEMENTS / dimension) {
        throw new ArithmeticException("more than 2^56 elements");
      }
      product *= dimension;
    }
    this.dimensions = dimensions.clone();
    this.elements = product;
  }

  /**
   * The shape of a tensor of an untrusted file.
   *
   * @throws BadCheckpoint if it is absurd, or its rows do not consist of whole blocks
   */
  static Shape checked(Path file, String tensor, ElementType type, long... dimensions) {
    try {
      Shape shape = new Shape(dimensions);
      if (shape.innermost() % type.blockElements() != 0) {
        throw new ArithmeticException(
            "rows of %d, not a multiple of %s's block of %d"
                .formatted(shape.innermost(), type, type.blockElements()));
      }
      return shape;
    } catch (ArithmeticException e) {
      throw new BadCheckpoint(
          file,
          "tensor %s of shape %s has %s"
              .formatted(tensor, Arrays.toString(dimensions), e.getMessage()));
    }
  }

  long[] dimensions() {
    return dimensions.clone();
  }

  long elements() {
    return elements;
  }

  /** The first dimension; a tensor without one has one row. */
  long rows() {
    return dimensions.length == 0 ? 1 : dimensions[0];
  }

  /** Numbers in a row: the product of all dimensions but the first. */
  long rowElements() {
    return rows() == 0 ? 0 : elements / rows();
  }

  /** The innermost dimension. */
  long innermost() {
    return dimensions.length == 0 ? 1 : dimensions[dimensions.length - 1];
  }

  Shape withRows(long rows) {
    if (dimensions.length == 0) {
      return this;
    }
    long[] changed = dimensions.clone();
    changed[0] = rows;
    return new Shape(changed);
  }

  @Override
  public String toString() {
    return Arrays.stream(dimensions)
        .mapToObj(Long::toString)
        .collect(Collectors.joining(", ", "[", "]"));
  }
}
