package io.millrace.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmInfoMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The meters of a process: the JVM's and the machine's under Micrometer's names, as Spring Boot has
 * them, and the memory of the whole process under Prometheus's. What is resident and neither heap
 * nor {@code nonheap} is native: weights and KV cache for the most part.
 */
public final class ProcessMetrics {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final double KIB = 1024;

  private ProcessMetrics() {}

  /** A registry for all meters of a process, which has those of the process itself. */
  public static PrometheusMeterRegistry registry() {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    Stream.<MeterBinder>of(
            new ClassLoaderMetrics(),
            new JvmInfoMetrics(),
            new JvmMemoryMetrics(),
            new JvmThreadMetrics(),
            // Listens to collections for as long as the process lives.
            new JvmGcMetrics(),
            new ProcessorMetrics(),
            new UptimeMetrics(),
            new FileDescriptorMetrics())
        .forEach(meters -> meters.bindTo(registry));
    if (Files.isReadable(STATUS)) {
      watchMemory(registry);
    }
    return registry;
  }

  private static void watchMemory(MeterRegistry registry) {
    Gauge.builder("process.resident.memory", () -> status("VmRSS:"))
        .description("Memory of the process: Java's and native, without what is swapped out")
        .baseUnit("bytes")
        .register(registry);
    Gauge.builder("process.virtual.memory", () -> status("VmSize:"))
        .description("Addresses that the process has reserved")
        .baseUnit("bytes")
        .register(registry);
  }

  /** In bytes; NaN if the system does not tell. */
  private static double status(String name) {
    List<String> lines;
    try {
      lines = Files.readAllLines(STATUS, StandardCharsets.UTF_8);
    } catch (IOException untold) {
      return Double.NaN;
    }
    return lines.stream()
        .filter(line -> line.startsWith(name))
        .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) * KIB)
        .findFirst()
        .orElse(Double.NaN);
  }
}
