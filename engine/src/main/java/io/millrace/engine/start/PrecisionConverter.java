package io.millrace.engine.start;

import io.millrace.engine.model.Precision;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A converter of the names of precisions. */
final class PrecisionConverter implements ITypeConverter<Precision> {

  @Override
  public Precision convert(String value) {
    Precision precision = Precision.named(value);
    if (precision == null) {
      throw new TypeConversionException(
          "must be auto, fp32, bf16 or fp16, or float32, bfloat16, float16 or half, but is "
              + value);
    }
    return precision;
  }
}
