package io.millrace.cli;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A converter of durations such as {@code 30s}, {@code 500ms} or {@code PT5M}, as Spring does; a
 * number without a unit is seconds.
 */
public final class DurationConverter implements ITypeConverter<Duration> {
  private static final Pattern SIMPLE = Pattern.compile("(-?\\d{1,18})([a-z]*)");

  /** A hundred years, which can be counted in nanoseconds. */
  private static final Duration LONGEST = Duration.ofDays(36_500);

  private static final Map<String, ChronoUnit> UNITS =
      Map.of(
          "", ChronoUnit.SECONDS,
          "ns", ChronoUnit.NANOS,
          "us", ChronoUnit.MICROS,
          "ms", ChronoUnit.MILLIS,
          "s", ChronoUnit.SECONDS,
          "m", ChronoUnit.MINUTES,
          "h", ChronoUnit.HOURS,
          "d", ChronoUnit.DAYS);

  @Override
  public Duration convert(String text) {
    try {
      Matcher simple = SIMPLE.matcher(text.strip().toLowerCase(Locale.ROOT));
      ChronoUnit unit = simple.matches() ? UNITS.get(simple.group(2)) : null;
      Duration time =
          unit == null
              ? Duration.parse(text.strip())
              : Duration.of(Long.parseLong(simple.group(1)), unit);
      if (time.abs().compareTo(LONGEST) > 0) {
        throw new TypeConversionException(
            "'%s' is longer than %d days".formatted(text, LONGEST.toDays()));
      }
      return time;
    } catch (DateTimeParseException | ArithmeticException unreadable) {
      throw new TypeConversionException(
          "'" + text + "' is not a duration such as 30s, 500ms or 5m");
    }
  }
}
