package io.millrace.standalone.bench;

import io.millrace.kafka.KafkaOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** A service whose engine answers at once, and clients that ask it over HTTP. */
final class QueueBench implements AutoCloseable {
  private final SimulatedEngine engine = new SimulatedEngine();
  private final SimulatedService service;
  private final BlockingClient client;
  private final ExecutorService clients = Executors.newCachedThreadPool();

  /**
   * @param slots requests that are asked at the same time at most
   */
  QueueBench(KafkaOptions kafka, int slots) throws IOException {
    service = new SimulatedService(kafka, engine, slots, "--port=0");
    client = new BlockingClient(service.root().resolve("/v1/completions").toURL(), slots);
  }

  /** Asks one after the other. */
  List<Latency> latencies(int requests) throws IOException {
    List<Latency> latencies = new ArrayList<>();
    for (int i = 0; i < requests; i++) {
      String prompt = "request " + i;
      long sent = System.nanoTime();
      client.ask(prompt);
      long back = System.nanoTime();
      latencies.add(new Latency(engine.takenAt(prompt) - sent, back - engine.toldAt(prompt)));
    }
    engine.forget();
    return latencies;
  }

  /** Asks many at a time, for a while: answers. */
  Throughput roundTrips(int concurrency, Duration duration) throws InterruptedException {
    AtomicInteger answers = new AtomicInteger();
    long end = System.nanoTime() + duration.toNanos();
    Throughput.Watch watch = Throughput.begin();
    atOnce(
        concurrency,
        number ->
            () -> {
              while (System.nanoTime() < end) {
                client.ask("client " + number);
                answers.incrementAndGet();
              }
              return null;
            });
    engine.forget();
    return watch.of(answers.get());
  }

  /** Reads streams all at once: their tokens, and the events in which they came. */
  Streamed stream(int streams, int tokens) throws InterruptedException {
    AtomicInteger events = new AtomicInteger();
    Throughput.Watch watch = Throughput.begin();
    atOnce(
        streams,
        number ->
            () -> {
              client.stream("stream " + number, tokens, events::incrementAndGet);
              return null;
            });
    return new Streamed(watch.of((long) streams * tokens), watch.of(events.get()));
  }

  /**
   * What was streamed.
   *
   * @param tokens what came at once for one stream, as of a slow client, is told in one event
   */
  record Streamed(Throughput tokens, Throughput events) {}

  private void atOnce(int count, IntFunction<Callable<Void>> task) throws InterruptedException {
    List<Callable<Void>> tasks = IntStream.range(0, count).mapToObj(task).toList();
    for (Future<Void> done : clients.invokeAll(tasks)) {
      try {
        done.get();
      } catch (ExecutionException e) {
        throw new IllegalStateException("a request failed", e.getCause());
      }
    }
  }

  @Override
  public void close() {
    clients.shutdownNow();
    service.close();
  }
}
