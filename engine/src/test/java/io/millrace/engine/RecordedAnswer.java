package io.millrace.engine;

import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.Reply;
import io.millrace.protocol.ReplyAddress;
import io.millrace.protocol.SamplingParams;
import io.millrace.protocol.StopCriteria;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The replies to one request, taken as they come. */
final class RecordedAnswer {
  final List<Reply> replies = new ArrayList<>();
  private final CompletableFuture<Reply> last = new CompletableFuture<>();

  void take(Reply reply) {
    replies.add(reply);
    if (reply.isLast()) {
      last.complete(reply);
    }
  }

  RecordedAnswer await() {
    last.orTimeout(60, TimeUnit.SECONDS).join();
    return this;
  }

  Reply last() {
    return last.join();
  }

  Reply.Finished finished() {
    return (Reply.Finished) last();
  }

  Reply.Failed failed() {
    return (Reply.Failed) last();
  }

  List<Integer> sequenceNumbers() {
    return replies.stream().map(Reply::seq).toList();
  }

  String text() {
    StringBuilder text = new StringBuilder();
    for (Reply reply : replies) {
      text.append(reply.match(begun -> "", Reply.Delta::text, Reply.Finished::text, failed -> ""));
    }
    return text.toString();
  }

  static RecordedAnswer ask(EngineThread engine, String id, StopCriteria stop) {
    return submit(engine, id, stop).await();
  }

  static RecordedAnswer submit(EngineThread engine, String id, StopCriteria stop) {
    RecordedAnswer answer = new RecordedAnswer();
    engine.submit(request(id, new Prompt.Text("ask"), stop), answer::take);
    return answer;
  }

  static RecordedAnswer submit(EngineThread engine, String id, Prompt prompt) {
    RecordedAnswer answer = new RecordedAnswer();
    engine.submit(request(id, prompt, StopCriteria.MODEL_DEFAULTS), answer::take);
    return answer;
  }

  static GenerationRequest request(String id, Prompt prompt, StopCriteria stop) {
    return new GenerationRequest(
        id,
        "model",
        prompt,
        SamplingParams.GREEDY,
        stop,
        true,
        Instant.EPOCH,
        null,
        new ReplyAddress("answers", null));
  }

  static StopCriteria stop(
      Integer maxTokens, int minTokens, List<String> stops, boolean ignoreEos) {
    StopCriteria stop =
        StopCriteria.MODEL_DEFAULTS
            .withMaxTokens(maxTokens)
            .withMinTokens(minTokens)
            .withStop(stops.toArray(String[]::new));
    return ignoreEos ? stop.ignoringEos() : stop;
  }
}
