package io.millrace.template.value;

import io.millrace.template.TemplateException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.IsoFields;
import java.util.Locale;

/** {@code datetime.strftime} in the C locale, with glibc's flags {@code - _ 0 ^}. */
public final class Strftime {
  private static final int MAX_FORMAT = 10_000;

  private final LocalDateTime time;

  private Strftime(LocalDateTime time) {
    this.time = time;
  }

  public static String format(LocalDateTime time, String format) {
    if (format.length() > MAX_FORMAT) {
      throw new TemplateException("strftime format is longer than " + MAX_FORMAT);
    }
    return new Strftime(time).fill(format);
  }

  private String fill(String format) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c != '%' || i + 1 == format.length()) {
        out.append(c);
        continue;
      }
      char flag = "-_0^".indexOf(format.charAt(i + 1)) >= 0 ? format.charAt(++i) : 0;
      if (i + 1 == format.length()) {
        out.append('%').append(flag);
      } else {
        out.append(flagged(directive(format.charAt(++i)), flag));
      }
    }
    return out.toString();
  }

  private static String flagged(String text, char flag) {
    return switch (flag) {
      case '-' -> text.replaceFirst("^[0 ]+(?=.)", "");
      case '_' -> spaced(text);
      case '0' -> text.replace(' ', '0');
      case '^' -> text.toUpperCase(Locale.ROOT);
      default -> text;
    };
  }

  private static String spaced(String text) {
    String rest = text.replaceFirst("^0+(?=.)", "");
    return " ".repeat(text.length() - rest.length()) + rest;
  }

  private String directive(char directive) {
    return switch (directive) {
      case 'a' -> text("EEE");
      case 'A' -> text("EEEE");
      case 'b', 'h' -> text("MMM");
      case 'B' -> text("MMMM");
      case 'c' -> fill("%a %b %e %H:%M:%S %Y");
      case 'C' -> number(time.getYear() / 100, 2, '0');
      case 'd' -> number(time.getDayOfMonth(), 2, '0');
      case 'D', 'x' -> fill("%m/%d/%y");
      case 'e' -> number(time.getDayOfMonth(), 2, ' ');
      case 'f' -> number(time.getNano() / 1000, 6, '0');
      case 'F' -> fill("%Y-%m-%d");
      case 'G' -> String.valueOf(time.get(IsoFields.WEEK_BASED_YEAR));
      case 'g' -> number(time.get(IsoFields.WEEK_BASED_YEAR) % 100, 2, '0');
      case 'H' -> number(time.getHour(), 2, '0');
      case 'I' -> number((time.getHour() + 11) % 12 + 1, 2, '0');
      case 'j' -> number(time.getDayOfYear(), 3, '0');
      case 'k' -> number(time.getHour(), 2, ' ');
      case 'l' -> number((time.getHour() + 11) % 12 + 1, 2, ' ');
      case 'm' -> number(time.getMonthValue(), 2, '0');
      case 'M' -> number(time.getMinute(), 2, '0');
      case 'n' -> "\n";
      case 'p' -> time.getHour() < 12 ? "AM" : "PM";
      case 'P' -> time.getHour() < 12 ? "am" : "pm";
      case 'r' -> fill("%I:%M:%S %p");
      case 'R' -> fill("%H:%M");
      case 's' -> String.valueOf(time.toEpochSecond(ZoneOffset.UTC));
      case 'S' -> number(time.getSecond(), 2, '0');
      case 't' -> "\t";
      case 'T', 'X' -> fill("%H:%M:%S");
      case 'u' -> String.valueOf(time.getDayOfWeek().getValue());
      case 'U' -> number((time.getDayOfYear() + 6 - sundayBased()) / 7, 2, '0');
      case 'V' -> number(time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR), 2, '0');
      case 'w' -> String.valueOf(sundayBased());
      case 'W' -> number((time.getDayOfYear() + 6 - (sundayBased() + 6) % 7) / 7, 2, '0');
      case 'y' -> number(time.getYear() % 100, 2, '0');
      case 'Y' -> String.valueOf(time.getYear());
      case 'z', 'Z' -> "";
      case '%' -> "%";
      default -> "%" + directive;
    };
  }

  private String text(String pattern) {
    return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).format(time);
  }

  private int sundayBased() {
    return time.getDayOfWeek().getValue() % 7;
  }

  private static String number(int value, int width, char fill) {
    String digits = String.valueOf(value);
    return String.valueOf(fill).repeat(Math.max(0, width - digits.length())) + digits;
  }
}
