package io.millrace.bench.soak;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/**
 * The process's memory after so many requests, with none in the engine and no garbage on the heap.
 *
 * @param tokensPerSecond of prompts and answers, since the sample before
 * @param rss bytes of the process that lie in memory
 * @param heapUsed bytes of Java objects
 * @param heapResident bytes of the heap that lie in memory, used or not
 * @param tensors native tensors that Java holds
 */
record MemorySample(
    @JsonProperty("requests") int requests,
    @JsonProperty("seconds") double seconds,
    @JsonProperty("tokens_per_second") double tokensPerSecond,
    @JsonProperty("rss_bytes") long rss,
    @JsonProperty("heap_used_bytes") long heapUsed,
    @JsonProperty("heap_resident_bytes") long heapResident,
    @JsonProperty("tensors") long tensors) {
  static final double MIB = 1 << 20;

  static final String HEADER =
      "requests   seconds     tok/s   RSS MiB  used MiB  heap MiB  native MiB  tensors";

  /** Bytes outside the heap: libraries, weights, cache, and what native code allocates. */
  @JsonProperty("native_bytes")
  long nativeBytes() {
    return rss - heapResident;
  }

  /** A line under {@link #HEADER}. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%8d  %8.1f  %8.1f  %8.1f  %8.1f  %8.1f  %10.1f  %7d",
        requests,
        seconds,
        tokensPerSecond,
        rss / MIB,
        heapUsed / MIB,
        heapResident / MIB,
        nativeBytes() / MIB,
        tensors);
  }
}
