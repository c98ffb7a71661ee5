package io.millrace.standalone;

import io.millrace.engine.AnswerListener;
import io.millrace.engine.EngineStatus;
import io.millrace.engine.GenerationEngine;
import io.millrace.protocol.AnswerPiece;
import io.millrace.protocol.ChatMessage;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.PriorOutput;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.Reply;
import io.millrace.protocol.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An engine without a model, whose prompts say what the answer is: {@code "echo a b"} gives the
 * words one by one; {@code "hold a b"} gives the first word and waits for {@link #finish}; {@code
 * "break"} ends in a defect. Like a real engine it answers on a thread of its own.
 */
public final class ScriptedEngine implements GenerationEngine {
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(task -> new Thread(task, "scripted-engine"));

  // Guarded by this.
  private final Map<String, Generation> held = new LinkedHashMap<>();
  private final List<String> starts = new ArrayList<>();
  private int unfinished;
  private int mostUnfinished;
  private @Nullable String failure;
  private EngineStatus.@Nullable Step step;

  /**
   * An answer.
   *
   * @param told how many words earlier attempts have told
   */
  private record Generation(
      GenerationRequest request,
      int attempt,
      int told,
      List<String> words,
      AnswerListener replies) {
    void delta(int word) {
      String space = word == 0 ? "" : " ";
      int token = word + 1;
      if (word >= told) {
        replies.accept(
            new Reply.Delta(request.id(), attempt, token, token, space + words.get(word)));
      }
    }

    void finish() {
      replies.accept(
          new Reply.Finished(
              request.id(),
              attempt,
              new Reply.Choice(
                  0, words.size(), AnswerPiece.of(""), FinishReason.STOP, List.of(), List.of()),
              new Usage(1, words.size())));
    }

    void fail(FailureKind kind, String message) {
      replies.accept(new Reply.Failed(request.id(), attempt, 1, kind, message, null));
    }
  }

  @Override
  public void submit(
      GenerationRequest request, int attempt, PriorOutput prior, AnswerListener replies) {
    List<String> script = new ArrayList<>(List.of(text(request.prompt()).split(" ")));
    String verb = script.remove(0);
    Generation generation =
        new Generation(request, attempt, prior.choice(0).tokenIds().size(), script, replies);
    synchronized (this) {
      starts.add(request.id());
      unfinished++;
      mostUnfinished = Math.max(mostUnfinished, unfinished);
      if (verb.equals("hold")) {
        held.put(request.id(), generation);
      }
      onThread(() -> begin(verb, generation));
      notifyAll();
    }
  }

  /** Of a conversation what was said last. */
  private static String text(Prompt prompt) {
    return prompt instanceof Prompt.Chat chat
        ? ChatMessage.text(chat.messages().get(chat.messages().size() - 1))
        : ((Prompt.Text) prompt).text();
  }

  private void begin(String verb, Generation generation) {
    if (verb.equals("hold")) {
      generation.delta(0);
      return;
    }
    if (verb.equals("break")) {
      generation.fail(FailureKind.INTERNAL, "the step broke");
    } else {
      for (int word = 0; word < generation.words.size(); word++) {
        generation.delta(word);
      }
      generation.finish();
    }
    ended();
  }

  private synchronized void ended() {
    unfinished--;
    notifyAll();
  }

  /** Lets a held answer come to its end. */
  public void finish(String id) {
    end(
        id,
        generation -> {
          for (int word = 1; word < generation.words.size(); word++) {
            generation.delta(word);
          }
          generation.finish();
        });
  }

  @Override
  public void cancel(String id, String why) {
    end(id, generation -> generation.fail(FailureKind.CANCELLED, why));
  }

  private synchronized void end(String id, Consumer<Generation> ending) {
    Generation generation = held.remove(id);
    if (generation != null) {
      onThread(
          () -> {
            ending.accept(generation);
            ended();
          });
    }
  }

  private void onThread(Runnable step) {
    try {
      thread.execute(step);
    } catch (RejectedExecutionException closed) {
      // As the interface says: no further reply.
    }
  }

  /** Waits until a number of answers are held. */
  public synchronized void awaitHeld(int count) throws InterruptedException {
    while (held.size() < count) {
      wait();
    }
  }

  /** Waits until an answer is held. */
  public synchronized void awaitHeld(String id) throws InterruptedException {
    while (!held.containsKey(id)) {
      wait();
    }
  }

  /** The ids of the answers that are held. */
  public synchronized List<String> held() {
    return List.copyOf(held.keySet());
  }

  /** The id of each request that was submitted, once for each time. */
  public synchronized List<String> starts() {
    return List.copyOf(starts);
  }

  /** How many answers ran at the same time at most. */
  public synchronized int mostUnfinished() {
    return mostUnfinished;
  }

  /** Breaks the engine: from now on its status says why. */
  public synchronized void fail(String why) {
    failure = why;
  }

  /** Lets the status say that a step has run this long; null for none. */
  public synchronized void stall(@Nullable Duration age) {
    step = age == null ? null : new EngineStatus.Step(7, age);
  }

  @Override
  public synchronized EngineStatus status() {
    return new EngineStatus(unfinished, 0, 0.5, "cpu", 100, 200, failure).during(step);
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
