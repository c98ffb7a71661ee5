package io.millrace.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Replies as JSON. What an answer does not have is left out, so that most replies are small. */
final class ReplyJson {
  private ReplyJson() {}

  static void put(ObjectNode json, Reply reply) {
    json.put("id", reply.id()).put("attempt", reply.attempt()).put("seq", reply.seq());
    if (reply instanceof Reply.Accepted it) {
      json.put("type", "accepted").put("worker", it.worker()).put("queued_ms", it.queuedMillis());
    } else if (reply instanceof Reply.Delta it) {
      putDelta(json, it);
    } else if (reply instanceof Reply.Finished it) {
      putFinished(json, it);
    } else if (reply instanceof Reply.Failed it) {
      json.put("type", "failed");
      ObjectNode error = json.putObject("error");
      error.put("kind", it.kind().label()).put("message", it.message());
      if (it.param() != null) {
        error.put("param", it.param());
      }
    }
  }

  private static void putDelta(ObjectNode json, Reply.Delta delta) {
    json.put("type", "delta");
    if (delta.index() > 0) {
      json.put("index", delta.index());
    }
    json.put("text", delta.text());
    if (delta.reason() != null) {
      json.put("finish_reason", delta.reason().label());
    }
    putLogprobs(json, "logprobs", delta.logprobs());
    putPrompt(json, delta.prompt());
  }

  private static void putFinished(ObjectNode json, Reply.Finished finished) {
    json.put("type", "finished");
    if (finished.choices().size() == 1) {
      putChoice(json, finished.choices().get(0));
    } else {
      ArrayNode choices = json.putArray("choices");
      for (Reply.Choice choice : finished.choices()) {
        putChoice(choices.addObject().put("index", choice.index()), choice);
      }
    }
    json.putObject("usage")
        .put("prompt_tokens", finished.usage().promptTokens())
        .put("completion_tokens", finished.usage().completionTokens())
        .put("total_tokens", finished.usage().totalTokens());
    putPrompt(json, finished.prompt());
  }

  private static void putChoice(ObjectNode json, Reply.Choice choice) {
    json.put("text", choice.text()).put("finish_reason", choice.reason().label());
    putLogprobs(json, "logprobs", choice.logprobs());
  }

  private static void putPrompt(ObjectNode json, @Nullable PromptReport prompt) {
    if (prompt != null) {
      ObjectNode report = json.putObject("prompt");
      if (prompt.text() != null) {
        report.put("text", prompt.text());
      }
      putLogprobs(report, "logprobs", prompt.tokens());
    }
  }

  private static void putLogprobs(ObjectNode json, String field, List<TokenLogprobs> logprobs) {
    if (logprobs.isEmpty()) {
      return;
    }
    ArrayNode places = json.putArray(field);
    for (TokenLogprobs each : logprobs) {
      ObjectNode place = places.addObject();
      putToken(place, each.token());
      place.put("text_offset", each.textOffset());
      ArrayNode top = place.putArray("top_logprobs");
      each.top().forEach(token -> putToken(top.addObject(), token));
    }
  }

  private static void putToken(ObjectNode json, ScoredToken token) {
    json.put("id", token.id()).put("token", token.text());
    if (token.partialBytes() != null) {
      ArrayNode bytes = json.putArray("bytes");
      token.partialBytes().forEach(bytes::add);
    }
    if (token.logprob() != null) {
      json.put("logprob", token.logprob()).put("rank", token.rank());
    }
  }

  static Reply read(JsonFields json) {
    String id = json.requiredString("id");
    int attempt = json.intNumber("attempt", 0);
    int seq = json.intNumber("seq", 0);
    String type = json.requiredString("type");
    return switch (type) {
      case "accepted" -> {
        Long queued = json.integer("queued_ms");
        yield new Reply.Accepted(
            id, attempt, json.requiredString("worker"), queued == null ? 0 : queued);
      }
      case "delta" ->
          new Reply.Delta(
              id,
              attempt,
              seq,
              json.intNumber("index", 0),
              json.requiredString("text"),
              json.has("finish_reason") ? reason(json) : null,
              logprobs(json),
              prompt(json));
      case "finished" ->
          new Reply.Finished(
              id, attempt, seq, choices(json), usage(json.requiredObject("usage")), prompt(json));
      case "failed" -> failed(id, attempt, seq, json.requiredObject("error"));
      default -> throw new Invalid("type", "type is unknown: " + type);
    };
  }

  private static Reply failed(String id, int attempt, int seq, JsonFields error) {
    FailureKind kind = constant(FailureKind.class, error, "kind");
    return new Reply.Failed(
        id, attempt, seq, kind, error.requiredString("message"), error.string("param"));
  }

  private static List<Reply.Choice> choices(JsonFields json) {
    if (!json.has("choices")) {
      return List.of(choice(json));
    }
    return json.list("choices").stream().map(ReplyJson::choice).toList();
  }

  private static Reply.Choice choice(JsonFields json) {
    return new Reply.Choice(
        json.intNumber("index", 0), json.requiredString("text"), reason(json), logprobs(json));
  }

  private static FinishReason reason(JsonFields json) {
    return constant(FinishReason.class, json, "finish_reason");
  }

  private static @Nullable PromptReport prompt(JsonFields json) {
    JsonFields report = json.object("prompt");
    return report == null ? null : new PromptReport(report.string("text"), logprobs(report));
  }

  private static List<TokenLogprobs> logprobs(JsonFields json) {
    List<TokenLogprobs> logprobs = new ArrayList<>();
    for (JsonFields place : json.list("logprobs")) {
      logprobs.add(
          new TokenLogprobs(
              token(place),
              place.intNumber("text_offset", 0),
              place.list("top_logprobs").stream().map(ReplyJson::token).toList()));
    }
    return logprobs;
  }

  private static ScoredToken token(JsonFields json) {
    return new ScoredToken(
        json.intNumber("id", 0),
        json.requiredString("token"),
        json.has("bytes") ? json.ints("bytes") : null,
        json.number("logprob"),
        json.intNumber("rank", 0));
  }

  private static Usage usage(JsonFields json) {
    return new Usage(json.intNumber("prompt_tokens", 0), json.intNumber("completion_tokens", 0));
  }

  private static <E extends Enum<E>> E constant(Class<E> type, JsonFields json, String field) {
    String label = json.requiredString(field);
    try {
      return Enum.valueOf(type, label.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new Invalid(json.name(field), json.name(field) + " is unknown: " + label);
    }
  }
}
