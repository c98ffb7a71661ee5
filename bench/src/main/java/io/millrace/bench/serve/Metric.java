package io.millrace.bench.serve;

import java.util.Locale;

/** A metric of latency, in vLLM's words. */
enum Metric {
  TTFT("TTFT", "Time to First Token"),
  TPOT("TPOT", "Time per Output Token (excl. 1st token)"),
  ITL("ITL", "Inter-token Latency"),
  E2EL("E2EL", "End-to-end Latency");

  private final String label;
  private final String title;

  Metric(String label, String title) {
    this.label = label;
    this.title = title;
  }

  String label() {
    return label;
  }

  String title() {
    return title;
  }

  /** Its name in flags and in keys. */
  String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
