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
import java.util.concurrent.atomic.AtomicLong;
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

  /** Asks many at a time, for a while; answers a second. */
  double roundTripsPerSecond(int concurrency, Duration duration) throws InterruptedException {
    AtomicInteger answers = new AtomicInteger();
    long begin = System.nanoTime();
    long end = begin + duration.toNanos();
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
    return answers.get() / seconds(System.nanoTime() - begin);
  }

  /** Reads streams all at once; events a second from the first to the last. */
  double eventsPerSecond(int streams, int tokens) throws InterruptedException {
    AtomicLong first = new AtomicLong(Long.MAX_VALUE);
    AtomicLong last = new AtomicLong();
    AtomicInteger events = new AtomicInteger();
    atOnce(
        streams,
        number ->
            () -> {
              client.stream("stream " + number, tokens, () -> count(first, last, events));
              return null;
            });
    return events.get() / seconds(last.get() - first.get());
  }

  private static void count(AtomicLong first, AtomicLong last, AtomicInteger events) {
    long now = System.nanoTime();
    first.accumulateAndGet(now, Math::min);
    last.accumulateAndGet(now, Math::max);
    events.incrementAndGet();
  }

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

  private static double seconds(long nanos) {
    return nanos / 1e9;
  }

  @Override
  public void close() {
    clients.shutdownNow();
    service.close();
  }
}
