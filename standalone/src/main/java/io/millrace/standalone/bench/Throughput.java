package io.millrace.standalone.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * How much of something was done in a while.
 *
 * @param cpuMicros of all threads of this process for each, which depends less on what else the
 *     machine does
 */
record Throughput(
    @JsonProperty("per_second") double perSecond, @JsonProperty("cpu_us") double cpuMicros) {
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  /** A measurement that begins now. */
  static Watch begin() {
    return new Watch(System.nanoTime(), cpuNanos());
  }

  private static long cpuNanos() {
    return SYSTEM.getProcessCpuTime();
  }

  /** The moment at which one began. */
  record Watch(long nanoTime, long cpuNanos) {
    /** What was done since. */
    Throughput of(long done) {
      double seconds = (System.nanoTime() - nanoTime) / 1e9;
      return new Throughput(done / seconds, (Throughput.cpuNanos() - cpuNanos) / 1e3 / done);
    }
  }
}
