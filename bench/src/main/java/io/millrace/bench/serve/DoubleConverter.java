package io.millrace.bench.serve;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A converter of numbers that may be {@code inf}. */
final class DoubleConverter implements ITypeConverter<Double> {
  @Override
  public Double convert(String value) {
    if (value.equalsIgnoreCase("inf")) {
      return Double.POSITIVE_INFINITY;
    }
    try {
      return Double.valueOf(value);
    } catch (NumberFormatException e) {
      throw new TypeConversionException("must be a number or inf, but is " + value);
    }
  }
}
