package io.millrace.standalone.models;

import java.util.Locale;

/** Bytes and numbers of parameters, short enough for a table. */
final class Amounts {
  private static final String[] BYTES = {" B", " kB", " MB", " GB", " TB"};
  private static final String[] COUNTS = {"", "K", "M", "B", "T"};
  private static final double STEP = 1000;

  private Amounts() {}

  /** Such as {@code 98.0 MB}, in powers of 1000 as disks are sold. */
  static String bytes(long bytes) {
    return scaled(bytes, BYTES);
  }

  /** Such as {@code 134.5M}. */
  static String count(long count) {
    return scaled(count, COUNTS);
  }

  private static String scaled(long amount, String[] units) {
    double scaled = amount;
    int unit = 0;
    // What would be rounded to 1000.0 is 1.0 of the next.
    while (scaled >= STEP - 0.05 && unit < units.length - 1) {
      scaled /= STEP;
      unit++;
    }
    return String.format(Locale.ROOT, unit == 0 ? "%.0f%s" : "%.1f%s", scaled, units[unit]);
  }
}
