package io.millrace.bench.gpu;

import io.millrace.bench.soak.SoakRequests;
import io.millrace.engine.GenerationEngine;
import io.millrace.protocol.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The tokens of the answers to one request, as its replies tell them, by the answers' numbers. Told
 * on one of the engine's threads at a time.
 */
final class AnswerCollector {
  private final Map<Integer, List<Integer>> tokens = new TreeMap<>();
  private final CountDownLatch over;
  private boolean finished;

  private AnswerCollector(CountDownLatch over) {
    this.over = over;
  }

  /**
   * Asks an engine all at once, and waits for the last answer.
   *
   * @return for each request the tokens of its answers; none if it failed, or took too long
   */
  static List<Map<Integer, List<Integer>>> ask(
      GenerationEngine engine, SoakRequests requests, int count, Duration patience) {
    CountDownLatch over = new CountDownLatch(count);
    List<AnswerCollector> collectors = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      AnswerCollector collector = new AnswerCollector(over);
      collectors.add(collector);
      engine.submit(requests.get(i), collector::take);
    }
    try {
      over.await(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return collectors.stream().map(AnswerCollector::told).toList();
  }

  private synchronized void take(Reply reply) {
    reply.handle(
        accepted -> {},
        delta -> add(delta.index(), delta.tokenIds()),
        end -> {
          end.choices().forEach(choice -> add(choice.index(), choice.tokenIds()));
          finished = true;
        },
        failed -> {});
    if (reply.isLast()) {
      over.countDown();
    }
  }

  private void add(int answer, List<Integer> more) {
    tokens.computeIfAbsent(answer, it -> new ArrayList<>()).addAll(more);
  }

  private synchronized Map<Integer, List<Integer>> told() {
    return finished ? Map.copyOf(tokens) : Map.of();
  }
}
