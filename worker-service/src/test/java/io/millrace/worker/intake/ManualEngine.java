package io.millrace.worker.intake;

import io.millrace.engine.AnswerListener;
import io.millrace.engine.EngineStatus;
import io.millrace.engine.GenerationEngine;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.PriorOutput;
import io.millrace.protocol.Reply;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** An engine that says what it is told to, on the test's thread. */
final class ManualEngine implements GenerationEngine {
  final List<GenerationRequest> submitted = new ArrayList<>();
  final List<PriorOutput> priors = new ArrayList<>();
  final List<String> cancels = new ArrayList<>();
  private final Map<String, AnswerListener> listeners = new HashMap<>();
  RuntimeException refusal;

  @Override
  public void submit(
      GenerationRequest request, int attempt, PriorOutput prior, AnswerListener replies) {
    if (refusal != null) {
      throw refusal;
    }
    submitted.add(request);
    priors.add(prior);
    listeners.put(request.id(), replies);
  }

  void say(Reply reply) {
    listeners.get(reply.id()).accept(reply);
  }

  @Override
  public synchronized void cancel(String id, String why) {
    cancels.add(id);
    notifyAll();
  }

  synchronized void awaitCancel() {
    while (cancels.isEmpty()) {
      try {
        wait();
      } catch (InterruptedException e) {
        throw new IllegalStateException("the test has run out of time", e);
      }
    }
  }

  @Override
  public EngineStatus status() {
    return new EngineStatus(0, 0, 0, "cpu", 1, 1, null);
  }

  @Override
  public void close() {}
}
