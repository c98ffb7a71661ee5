package io.millrace.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A converter of sizes such as {@code 2GiB}, {@code 512MB} or {@code 1073741824} to bytes; as
 * everywhere in Spring, a unit is a power of two with or without the {@code i}.
 */
public final class DataSizeConverter implements ITypeConverter<Long> {
  private static final Pattern SIZE = Pattern.compile("(?i)(\\d{1,12}) ?([kmgt]?)(i?b)?");
  private static final String UNITS = "KMGT";
  private static final int BITS_A_UNIT = 10;

  @Override
  public Long convert(String text) {
    Matcher matcher = SIZE.matcher(text.strip());
    if (!matcher.matches()) {
      throw new TypeConversionException(
          "'" + text + "' is not a size such as 2GiB, 512MiB or 1073741824");
    }
    String unit = matcher.group(2).toUpperCase(Locale.ROOT);
    int shift = unit.isEmpty() ? 0 : (UNITS.indexOf(unit) + 1) * BITS_A_UNIT;
    try {
      return Math.multiplyExact(Long.parseLong(matcher.group(1)), 1L << shift);
    } catch (ArithmeticException tooBig) {
      throw new TypeConversionException("'" + text + "' is more than can be counted in bytes");
    }
  }
}
