package io.millrace.worker;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.util.unit.DataSize;
import org.springframework.util.unit.DataUnit;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads sizes such as {@code 2GiB}, {@code 512MB} or {@code 1073741824}; as everywhere in Spring, a
 * unit is a power of two with or without the {@code i}.
 */
final class DataSizeConverter implements ITypeConverter<DataSize> {
  private static final Pattern SIZE = Pattern.compile("(?i)(\\d{1,12}) ?([kmgt]?)(i?b)?");

  @Override
  public DataSize convert(String text) {
    Matcher matcher = SIZE.matcher(text.strip());
    if (!matcher.matches()) {
      throw new TypeConversionException(
          "'" + text + "' is not a size such as 2GiB, 512MiB or 1073741824");
    }
    String unit = matcher.group(2).toUpperCase(Locale.ROOT) + "B";
    try {
      return DataSize.of(Long.parseLong(matcher.group(1)), DataUnit.fromSuffix(unit));
    } catch (ArithmeticException tooBig) {
      throw new TypeConversionException("'" + text + "' is more than can be counted in bytes");
    }
  }
}
