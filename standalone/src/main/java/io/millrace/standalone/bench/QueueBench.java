package io.millrace.standalone.bench;

import io.millrace.kafka.KafkaOptions;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A service whose engine answers at once, and a client that asks it over HTTP. */
final class QueueBench implements AutoCloseable {
  private final SimulatedEngine engine = new SimulatedEngine();
  private final SimulatedService service;
  private final URI completions;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  QueueBench(KafkaOptions kafka, int slots) {
    service = new SimulatedService(kafka, engine, slots, "--port=0");
    completions = service.root().resolve("/v1/completions");
  }

  /** Asks one after the other. */
  List<Latency> latencies(int requests) throws IOException, InterruptedException {
    List<Latency> latencies = new ArrayList<>();
    for (int i = 0; i < requests; i++) {
      String prompt = "request " + i;
      HttpRequest request = request(prompt, 1, false);
      long sent = System.nanoTime();
      requireOk(client.send(request, BodyHandlers.ofString()).statusCode());
      long back = System.nanoTime();
      latencies.add(new Latency(engine.takenAt(prompt) - sent, back - engine.toldAt(prompt)));
    }
    engine.forget();
    return latencies;
  }

  /** Asks many at a time, for a while; answers a second. */
  double roundTripsPerSecond(int concurrency, Duration duration) {
    AtomicInteger answers = new AtomicInteger();
    long begin = System.nanoTime();
    long end = begin + duration.toNanos();
    CompletableFuture.allOf(
            IntStream.range(0, concurrency)
                .mapToObj(number -> askOn(number, end, answers))
                .toArray(CompletableFuture<?>[]::new))
        .join();
    engine.forget();
    return answers.get() / seconds(System.nanoTime() - begin);
  }

  private CompletableFuture<Void> askOn(int number, long end, AtomicInteger answers) {
    if (System.nanoTime() >= end) {
      return CompletableFuture.completedFuture(null);
    }
    return client
        .sendAsync(request("client " + number, 1, false), BodyHandlers.ofString())
        .thenComposeAsync(
            answer -> {
              requireOk(answer.statusCode());
              answers.incrementAndGet();
              return askOn(number, end, answers);
            });
  }

  /** Reads streams all at once; events a second from the first to the last. */
  double eventsPerSecond(int streams, int tokens) {
    AtomicLong first = new AtomicLong(Long.MAX_VALUE);
    AtomicLong last = new AtomicLong();
    AtomicInteger events = new AtomicInteger();
    CompletableFuture.allOf(
            IntStream.range(0, streams)
                .mapToObj(number -> request("stream " + number, tokens, true))
                .map(request -> client.sendAsync(request, BodyHandlers.ofLines()))
                .map(answer -> answer.thenAcceptAsync(it -> count(it, first, last, events)))
                .toArray(CompletableFuture<?>[]::new))
        .join();
    return events.get() / seconds(last.get() - first.get());
  }

  private static void count(
      HttpResponse<Stream<String>> answer,
      AtomicLong first,
      AtomicLong last,
      AtomicInteger events) {
    requireOk(answer.statusCode());
    answer
        .body()
        .filter(line -> line.startsWith("data: {"))
        .forEach(
            line -> {
              long now = System.nanoTime();
              first.accumulateAndGet(now, Math::min);
              last.accumulateAndGet(now, Math::max);
              events.incrementAndGet();
            });
  }

  private HttpRequest request(String prompt, int tokens, boolean stream) {
    String body =
        "{\"prompt\":\"%s\",\"max_tokens\":%d,\"stream\":%b}".formatted(prompt, tokens, stream);
    return HttpRequest.newBuilder(completions).POST(BodyPublishers.ofString(body)).build();
  }

  private static void requireOk(int status) {
    if (status != HttpURLConnection.HTTP_OK) {
      throw new IllegalStateException("a request was answered with status " + status);
    }
  }

  private static double seconds(long nanos) {
    return nanos / 1e9;
  }

  @Override
  public void close() {
    service.close();
  }
}
