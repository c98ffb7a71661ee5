package io.millrace.standalone.bench;

import io.millrace.kafka.KafkaOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

/**
 * An api and a worker with a simulated engine, on a broker, that two tenants ask: a calm one, and
 * one that asks for many times what there is.
 */
final class OverloadBench implements AutoCloseable {
  /** The keys of the two tenants. */
  static final String CALM = "calm-key";

  static final String FLOOD = "flood-key";

  private static final Duration SAMPLE = Duration.ofMillis(100);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long MEBIBYTE = 1024 * 1024;

  private final OverloadSettings settings;
  private final SimulatedService service;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /**
   * @param keyFile of the tenants {@code calm} and {@code flood}
   */
  OverloadBench(KafkaOptions kafka, OverloadSettings settings, Path keyFile) {
    this.settings = settings;
    service =
        new SimulatedService(
            kafka,
            new SimulatedEngine(settings.step()),
            settings.slots(),
            "--port=0",
            "--api-key-file=" + keyFile,
            "--max-queued-requests=" + settings.maxQueued(),
            "--request-timeout=" + settings.timeout().toMillis() + "ms");
  }

  URI root() {
    return service.root();
  }

  /** The calm tenant alone, then beside the flood, then alone again as soon as that is over. */
  OverloadReport run() throws InterruptedException {
    calm(settings.warmUp());
    List<StreamOutcome> alone = calm(settings.duration());
    long before = heapInUse();
    AtomicLong peak = new AtomicLong();
    Disposable samples =
        Flux.interval(SAMPLE).subscribe(tick -> peak.accumulateAndGet(heap(), Math::max));
    double floodRate = settings.capacity() * settings.overload();
    OpenLoopClient flood = flood(FLOOD, floodRate);
    OpenLoopClient calm = asked(settings.duration());
    flood.close();
    List<StreamOutcome> flooded = flood.outcomes();
    List<StreamOutcome> beside = calm.outcomes();
    samples.dispose();
    List<StreamOutcome> after = calm(settings.warmUp());
    return new OverloadReport(
        settings.capacity(),
        OverloadReport.Share.of(alone),
        OverloadReport.Share.of(beside),
        OverloadReport.Share.of(flooded),
        OverloadReport.Share.of(after),
        before,
        peak.get(),
        heapInUse());
  }

  private List<StreamOutcome> calm(Duration time) throws InterruptedException {
    return asked(time).outcomes();
  }

  /** What the calm tenant asks within a time, which has passed then. */
  private OpenLoopClient asked(Duration time) throws InterruptedException {
    try (OpenLoopClient calm = flood(CALM, settings.capacity() * settings.calmShare())) {
      Thread.sleep(time.toMillis());
      return calm;
    }
  }

  private OpenLoopClient flood(String key, double perSecond) {
    Duration patience = settings.timeout().plus(PATIENCE);
    return new OpenLoopClient(client, root(), key, settings.tokens(), perSecond, patience);
  }

  private static long heapInUse() {
    System.gc();
    return heap();
  }

  private static long heap() {
    Runtime runtime = Runtime.getRuntime();
    return (runtime.totalMemory() - runtime.freeMemory()) / MEBIBYTE;
  }

  @Override
  public void close() {
    service.close();
  }
}
