package io.millrace.bench.soak;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/**
 * The growth of memory from the first tenth of the requests past the middle to the last one; until
 * then caches fill and code is compiled, which takes some 10 MB now and then.
 *
 * @param requests from the middle of the one to the middle of the other
 * @param rss bytes
 * @param heap bytes of Java objects
 * @param nativeBytes what of {@code rss} is not the heap's
 * @param share of {@code rss} in all that was taken
 */
record MemoryGrowth(
    @JsonProperty("requests") int requests,
    @JsonProperty("rss_bytes") long rss,
    @JsonProperty("heap_used_bytes") long heap,
    @JsonProperty("native_bytes") long nativeBytes,
    @JsonProperty("share") double share) {
  /** Fewest samples of a run. */
  static final int LEAST_SAMPLES = 10;

  /** Share up to which growth may come from the allocators' habits alone. */
  private static final double FLAT = 0.01;

  /**
   * The growth between the samples past the middle and the last ones.
   *
   * @param samples {@link #LEAST_SAMPLES} or more, at equal distances
   */
  static MemoryGrowth of(List<MemorySample> samples) {
    int tenth = samples.size() / LEAST_SAMPLES;
    int middle = samples.size() / 2;
    List<MemorySample> early = samples.subList(middle, middle + tenth);
    List<MemorySample> late = samples.subList(samples.size() - tenth, samples.size());
    long rss = mean(late, MemorySample::rss) - mean(early, MemorySample::rss);
    return new MemoryGrowth(
        (int) (mean(late, MemorySample::requests) - mean(early, MemorySample::requests)),
        rss,
        mean(late, MemorySample::heapUsed) - mean(early, MemorySample::heapUsed),
        mean(late, MemorySample::nativeBytes) - mean(early, MemorySample::nativeBytes),
        (double) rss / mean(early, MemorySample::rss));
  }

  @JsonProperty("flat")
  boolean isFlat() {
    return share < FLAT;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s: over %d requests RSS has changed by %+.1f MiB (%+.1f %%, %+d bytes a request), heap by"
            + " %+.1f MiB, native by %+.1f MiB",
        isFlat() ? "flat" : "growing",
        requests,
        rss / MemorySample.MIB,
        100 * share,
        rss / Math.max(1, requests),
        heap / MemorySample.MIB,
        nativeBytes / MemorySample.MIB);
  }

  private static long mean(List<MemorySample> samples, ToLongFunction<MemorySample> field) {
    return Math.round(samples.stream().mapToLong(field).average().orElseThrow());
  }
}
