package io.millrace.api.answer;

import io.millrace.api.error.RequestFailed;
import io.millrace.protocol.PromptReport;
import io.millrace.protocol.Reply;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The events of one stream, made of the replies to its request. For one subscriber. */
final class StreamEvents {
  private final AnswerFormat format;
  private final Set<Integer> ended = new HashSet<>();

  StreamEvents(AnswerFormat format) {
    this.format = format;
  }

  List<Object> events(Reply reply) {
    List<Object> events = new ArrayList<>();
    reply.handle(
        accepted -> {},
        delta -> add(events, delta),
        finished -> close(events, finished),
        failed -> {
          throw RequestFailed.of(failed);
        });
    return events;
  }

  private void close(List<Object> events, Reply.Finished end) {
    // Of a prompt that was not told, no answer has ended: there are as many of these at least.
    Iterator<PromptReport> untold = end.prompts().iterator();
    for (Reply.Choice choice : end.choices()) {
      if (!ended.contains(choice.index())) {
        add(events, last(end, choice, untold.hasNext() ? untold.next() : null));
      }
    }
    events.addAll(format.closing(end.usage()));
    if (format.endsWithDone()) {
      events.add(StreamLines.DONE);
    }
  }

  private void add(List<Object> events, Reply.Delta delta) {
    if (tells(delta)) {
      events.addAll(format.piece(delta));
    }
    if (delta.reason() != null) {
      ended.add(delta.index());
      events.addAll(format.end(delta.index(), delta.reason()));
    }
  }

  private boolean tells(Reply.Delta delta) {
    return !delta.said().isEmpty()
        || !delta.logprobs().isEmpty()
        || delta.prompt() != null
        || (format.tellsTokens() && !delta.tokenIds().isEmpty());
  }

  private static Reply.Delta last(
      Reply.Finished end, Reply.Choice choice, @Nullable PromptReport prompt) {
    return new Reply.Delta(
        end.id(),
        end.attempt(),
        choice.end(),
        choice.begin(),
        choice.index(),
        choice.said(),
        choice.reason(),
        choice.tokenIds(),
        choice.logprobs(),
        prompt);
  }
}
