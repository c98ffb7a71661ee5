package io.millrace.standalone.bench;

import io.millrace.standalone.bench.StreamOutcome.End;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The requests of one tenant, at a steady rate, whether or not those before are answered. */
final class OpenLoopClient implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(OpenLoopClient.class);

  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private final Queue<CompletableFuture<StreamOutcome>> asked = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean tellsLoss = new AtomicBoolean(true);
  private final HttpClient client;
  private final HttpRequest request;
  private final Duration patience;

  /**
   * Begins to ask.
   *
   * @param patience after which an answer that has not ended counts as forgotten
   */
  OpenLoopClient(
      HttpClient client, URI api, String key, int tokens, double perSecond, Duration patience) {
    this.client = client;
    this.patience = patience;
    String body = "{\"prompt\":\"words\",\"max_tokens\":%d,\"stream\":true}".formatted(tokens);
    request =
        HttpRequest.newBuilder(api.resolve("/v1/completions"))
            .header("Authorization", "Bearer " + key)
            .POST(BodyPublishers.ofString(body))
            .build();
    long micros = Math.max(1, (long) (1e6 / perSecond));
    clock.scheduleAtFixedRate(() -> asked.add(ask()), 0, micros, TimeUnit.MICROSECONDS);
  }

  private CompletableFuture<StreamOutcome> ask() {
    long sentAt = System.nanoTime();
    StreamOutcome.Lines lines = new StreamOutcome.Lines();
    return client
        .sendAsync(request, BodyHandlers.fromLineSubscriber(lines))
        .thenApply(response -> StreamOutcome.of(response, lines, sentAt))
        .exceptionally(this::lost)
        .completeOnTimeout(
            new StreamOutcome(End.FORGOTTEN, 0), patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  private StreamOutcome lost(Throwable e) {
    if (tellsLoss.compareAndSet(true, false)) {
      log.error("a request was lost: {}", e.toString());
    }
    return new StreamOutcome(End.FAILED, 0);
  }

  /** Asks no more, and waits for the ends of all that was asked. */
  List<StreamOutcome> outcomes() {
    close();
    return asked.stream().map(CompletableFuture::join).toList();
  }

  @Override
  public void close() {
    clock.shutdown();
    try {
      clock.awaitTermination(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
