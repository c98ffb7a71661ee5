package io.millrace.models.hub;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Progress as a line of text with speed and time left: one that changes in place on a terminal, a
 * new one now and then elsewhere. Work that is quickly done is not mentioned.
 */
public final class ConsoleProgress implements Progress {
  private static final long QUIET_NANOS = Duration.ofSeconds(2).toNanos();
  private static final long ON_TERMINAL_NANOS = Duration.ofMillis(200).toNanos();
  private static final long IN_LOG_NANOS = Duration.ofSeconds(10).toNanos();
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double MEGABYTE = 1e6;
  private static final double SECONDS_TO_WARM_UP = 30;

  private final PrintStream out;
  private final boolean terminal;
  private final LongSupplier nanoTime;

  ConsoleProgress(PrintStream out, boolean terminal, LongSupplier nanoTime) {
    this.out = out;
    this.terminal = terminal;
    this.nanoTime = nanoTime;
  }

  /** Progress on standard error. */
  public static ConsoleProgress onStandardError() {
    return new ConsoleProgress(System.err, System.console() != null, System::nanoTime);
  }

  @Override
  public Step begin(String what, long totalBytes) {
    return new Line(what, totalBytes);
  }

  private final class Line implements Step {
    private final String what;
    private final long total;
    private final long startedAt = nanoTime.getAsLong();
    private final long everyNanos = terminal ? ON_TERMINAL_NANOS : IN_LOG_NANOS;
    private long done;
    private long found;
    private long printedAt;
    private long printedBytes;
    private int printedLength;

    Line(String what, long total) {
      this.what = what;
      this.total = total;
      this.printedAt = startedAt + QUIET_NANOS - everyNanos;
    }

    @Override
    public void advance(long bytes) {
      done += bytes;
      long now = nanoTime.getAsLong();
      if (now - printedAt >= everyNanos) {
        print(now);
      }
    }

    @Override
    public void found(long bytes) {
      found += bytes;
    }

    @Override
    public void close() {
      if (printedLength == 0) {
        return;
      }
      // In a log the last line may say it all already.
      if (terminal || printedBytes < done + found) {
        print(nanoTime.getAsLong());
      }
      if (terminal) {
        out.println();
      }
    }

    private void print(long now) {
      String line = what + ": " + figures((now - startedAt) / NANOS_PER_SECOND);
      if (terminal) {
        out.print("\r" + line + " ".repeat(Math.max(0, printedLength - line.length())));
        out.flush();
      } else {
        out.println(line);
      }
      printedAt = now;
      printedBytes = done + found;
      printedLength = line.length();
    }

    private String figures(double seconds) {
      long reached = done + found;
      if (reached == 0) {
        return duration(seconds);
      }
      double speed = done / Math.max(seconds, 1e-3);
      String text = format("%.1f MB", reached / MEGABYTE);
      if (total > 0) {
        text += format(" of %.1f MB (%d %%)", total / MEGABYTE, 100 * reached / total);
      }
      text += format(", %.1f MB/s", speed / MEGABYTE);
      if (reached < total && isTypical(reached, seconds)) {
        text += ", " + duration((total - reached) / speed) + " left";
      }
      return text;
    }

    /**
     * The beginning is slower than the rest: connections, pages of files, code that is not warm.
     */
    private boolean isTypical(long reached, double seconds) {
      return done > 0 && (reached >= total / 4 || seconds >= SECONDS_TO_WARM_UP);
    }

    private static String duration(double seconds) {
      long whole = Math.round(seconds);
      return whole < 60
          ? whole + " s"
          : whole < 3600
              ? format("%d:%02d min", whole / 60, whole % 60)
              : format("%d:%02d h", whole / 3600, whole % 3600 / 60);
    }

    private static String format(String format, Object... values) {
      return String.format(Locale.ROOT, format, values);
    }
  }
}
