package io.millrace.worker;

import java.time.Duration;
import org.springframework.boot.convert.DurationStyle;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads durations such as {@code 30s}, {@code 500ms} or {@code PT5M}. */
final class DurationConverter implements ITypeConverter<Duration> {
  @Override
  public Duration convert(String text) {
    try {
      return DurationStyle.detectAndParse(text.strip());
    } catch (IllegalArgumentException | ArithmeticException unreadable) {
      throw new TypeConversionException(
          "'" + text + "' is not a duration such as 30s, 500ms or 5m");
    }
  }
}
