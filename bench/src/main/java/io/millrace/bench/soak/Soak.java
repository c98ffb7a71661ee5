package io.millrace.bench.soak;

import io.millrace.cli.StartFailure;
import io.millrace.engine.GenerationEngine;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.Reply;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A soak run: sends requests to an engine, always as many at once, and takes samples between them.
 */
final class Soak {
  private static final double NANOS_A_SECOND = 1e9;

  private final GenerationEngine engine;
  private final SoakRequests requests;
  private final int inFlight;
  private final Semaphore places;
  private final AtomicLong tokens = new AtomicLong();
  private final AtomicReference<Reply.@Nullable Failed> failure = new AtomicReference<>();
  private final long startedAt = System.nanoTime();
  private int sent;

  Soak(GenerationEngine engine, SoakRequests requests, int inFlight) {
    this.engine = engine;
    this.requests = requests;
    this.inFlight = inFlight;
    this.places = new Semaphore(inFlight);
  }

  /**
   * Sends {@code count} more requests, and waits for their answers.
   *
   * @throws StartFailure if the engine refuses one, or breaks
   */
  MemorySample run(int count) throws InterruptedException {
    long began = System.nanoTime();
    long tokensBefore = tokens.get();
    for (int i = 0; i < count; i++) {
      enter(1);
      submit(sent++);
    }
    enter(inFlight);
    places.release(inFlight);
    double rate = (tokens.get() - tokensBefore) * NANOS_A_SECOND / (System.nanoTime() - began);
    return sample(rate);
  }

  private MemorySample sample(double tokensPerSecond) {
    double seconds = (System.nanoTime() - startedAt) / NANOS_A_SECOND;
    long tensors = ProcessMemory.tensorsAfterCollection();
    return new MemorySample(
        sent,
        seconds,
        tokensPerSecond,
        ProcessMemory.rss(),
        ProcessMemory.heapUsed(),
        ProcessMemory.heapResident(),
        tensors);
  }

  private void submit(int number) {
    GenerationRequest request = requests.get(number);
    boolean cancelled = requests.isCancelled(number);
    engine.submit(request, reply -> take(reply, cancelled));
  }

  /** Takes a reply, on the engine's thread but for requests that it refuses at once. */
  private void take(Reply reply, boolean cancelled) {
    reply.handle(
        accepted -> {},
        delta -> {
          if (cancelled) {
            engine.cancel(delta.id(), "nobody waits for it any more");
          }
        },
        finished -> tokens.addAndGet(finished.usage().totalTokens()),
        this::remember);
    if (reply.isLast()) {
      places.release();
    }
  }

  private void remember(Reply.Failed failed) {
    if (failed.kind() != FailureKind.CANCELLED) {
      failure.compareAndSet(null, failed);
    }
  }

  private void enter(int count) throws InterruptedException {
    while (!places.tryAcquire(count, 1, TimeUnit.SECONDS)) {
      String broken = engine.status().failure();
      if (broken != null) {
        throw new StartFailure(broken);
      }
    }
    Reply.Failed failed = failure.get();
    if (failed != null) {
      throw new StartFailure("request %s failed: %s".formatted(failed.id(), failed.message()));
    }
  }
}
