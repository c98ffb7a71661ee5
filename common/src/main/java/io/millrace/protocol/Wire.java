package io.millrace.protocol;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Records to bytes and back: JSON with the field names of OpenAI and vLLM. Unknown fields are
 * ignored, so that newer writers can talk to older readers.
 */
public final class Wire {
  private static final JsonMapper JSON = JsonMapper.shared();

  private Wire() {}

  /** A request as the value of a Kafka record. */
  public static byte[] encode(GenerationRequest request) {
    ObjectNode json = JSON.createObjectNode();
    json.put("id", request.id()).put("model", request.model());
    putPrompt(json, request.prompt());
    putSampling(json, request.sampling());
    putStop(json, request.stop());
    json.put("stream", request.stream()).put("created_at", request.createdAt().toString());
    if (request.deadline() != null) {
      json.put("deadline", request.deadline().toString());
    }
    ObjectNode reply = json.putObject("reply").put("topic", request.reply().topic());
    putUnlessNull(reply, "partition", request.reply().partition());
    return JSON.writeValueAsBytes(json);
  }

  /**
   * Reads a request. Only {@code prompt} (text or token ids) or {@code messages}, and {@code
   * reply.topic} are required.
   *
   * @param fallbackId the id of a request that names none
   * @param recordTime the creation time of a request that names none
   * @throws Invalid in words for whoever wrote it
   */
  public static GenerationRequest decodeRequest(
      byte[] value, String fallbackId, Instant recordTime) {
    JsonFields json = JsonFields.parse(value);
    String id = json.string("id");
    String model = json.string("model");
    Instant createdAt = instant(json, "created_at");
    return new GenerationRequest(
        id == null ? fallbackId : id,
        model == null ? "" : model,
        prompt(json),
        sampling(json),
        stop(json),
        json.bool("stream", false),
        createdAt == null ? recordTime : createdAt,
        instant(json, "deadline"),
        replyAddress(json));
  }

  /**
   * The reply address alone, if the record has a readable one: where to say that the rest of it is
   * not.
   */
  public static @Nullable ReplyAddress replyAddressOf(byte[] value) {
    try {
      return replyAddress(JsonFields.parse(value));
    } catch (Invalid unreadable) {
      return null;
    }
  }

  /** The id alone, or the fallback. */
  public static String idOf(byte[] value, String fallback) {
    try {
      String id = JsonFields.parse(value).string("id");
      return id == null ? fallback : id;
    } catch (Invalid unreadable) {
      return fallback;
    }
  }

  /** A reply as the value of a Kafka record. */
  public static byte[] encode(Reply reply) {
    ObjectNode json = JSON.createObjectNode();
    json.put("id", reply.id()).put("attempt", reply.attempt()).put("seq", reply.seq());
    if (reply instanceof Reply.Accepted it) {
      json.put("type", "accepted").put("worker", it.worker()).put("queued_ms", it.queuedMillis());
    } else if (reply instanceof Reply.Delta it) {
      json.put("type", "delta").put("text", it.text());
    } else if (reply instanceof Reply.Finished it) {
      json.put("type", "finished").put("text", it.text());
      json.put("finish_reason", it.reason().label());
      json.putObject("usage")
          .put("prompt_tokens", it.usage().promptTokens())
          .put("completion_tokens", it.usage().completionTokens())
          .put("total_tokens", it.usage().totalTokens());
    } else if (reply instanceof Reply.Failed it) {
      json.put("type", "failed");
      ObjectNode error = json.putObject("error");
      error.put("kind", it.kind().label()).put("message", it.message());
      putUnlessNull(error, "param", it.param());
    }
    return JSON.writeValueAsBytes(json);
  }

  /** Reads a reply; throws {@link Invalid} for what is none. */
  public static Reply decodeReply(byte[] value) {
    JsonFields json = JsonFields.parse(value);
    String id = json.requiredString("id");
    int attempt = orZero(json.intNumber("attempt"));
    int seq = orZero(json.intNumber("seq"));
    String type = json.requiredString("type");
    return switch (type) {
      case "accepted" ->
          new Reply.Accepted(
              id, attempt, json.requiredString("worker"), orZero(json.integer("queued_ms")));
      case "delta" -> new Reply.Delta(id, attempt, seq, json.requiredString("text"));
      case "finished" ->
          new Reply.Finished(
              id,
              attempt,
              seq,
              json.requiredString("text"),
              constant(FinishReason.class, json, "finish_reason"),
              usage(required(json, "usage")));
      case "failed" -> {
        JsonFields error = required(json, "error");
        FailureKind kind = constant(FailureKind.class, error, "kind");
        yield new Reply.Failed(
            id, attempt, seq, kind, error.requiredString("message"), error.string("param"));
      }
      default -> throw new Invalid("type", "type is unknown: " + type);
    };
  }

  public static byte[] encode(ControlMessage message) {
    ObjectNode json = JSON.createObjectNode();
    if (message instanceof ControlMessage.Cancel cancel) {
      json.put("type", "cancel").put("id", cancel.id()).put("why", cancel.why());
    } else if (message instanceof ControlMessage.Drain drain) {
      json.put("type", "drain").put("worker", drain.worker());
    }
    return JSON.writeValueAsBytes(json);
  }

  public static ControlMessage decodeControl(byte[] value) {
    JsonFields json = JsonFields.parse(value);
    String type = json.requiredString("type");
    return switch (type) {
      case "cancel" -> {
        String why = json.string("why");
        yield new ControlMessage.Cancel(json.requiredString("id"), why == null ? "" : why);
      }
      case "drain" -> new ControlMessage.Drain(json.requiredString("worker"));
      default -> throw new Invalid("type", "type is unknown: " + type);
    };
  }

  public static byte[] encode(WorkerState state) {
    ObjectNode json = JSON.createObjectNode();
    json.put("worker", state.worker()).put("model", state.model()).put("device", state.device());
    json.put("slots", state.slots())
        .put("running", state.running())
        .put("waiting", state.waiting());
    json.put("max_input_len", state.maxInputLen()).put("max_output_len", state.maxOutputLen());
    json.put("kv_cache_usage", state.kvCacheUsage()).put("at", state.at().toString());
    return JSON.writeValueAsBytes(json);
  }

  public static WorkerState decodeWorkerState(byte[] value) {
    JsonFields json = JsonFields.parse(value);
    Instant at = instant(json, "at");
    Double usage = json.number("kv_cache_usage");
    return new WorkerState(
        json.requiredString("worker"),
        json.requiredString("model"),
        orZero(json.intNumber("slots")),
        orZero(json.intNumber("running")),
        orZero(json.intNumber("waiting")),
        json.requiredString("device"),
        orZero(json.intNumber("max_input_len")),
        orZero(json.intNumber("max_output_len")),
        usage == null ? 0 : usage,
        at == null ? Instant.EPOCH : at);
  }

  private static void putPrompt(ObjectNode json, Prompt prompt) {
    if (prompt instanceof Prompt.Text text) {
      json.put("prompt", text.text());
    } else if (prompt instanceof Prompt.Tokens tokens) {
      json.set("prompt", JSON.valueToTree(tokens.ids()));
    } else if (prompt instanceof Prompt.Chat chat) {
      json.set("messages", JSON.valueToTree(chat.messages()));
      json.put("add_generation_prompt", chat.addGenerationPrompt());
      if (chat.tools() != null) {
        json.set("tools", JSON.valueToTree(chat.tools()));
      }
      if (!chat.templateArguments().isEmpty()) {
        json.set("chat_template_kwargs", JSON.valueToTree(chat.templateArguments()));
      }
    }
  }

  /** The prompt of a request, HTTP or Kafka: {@code prompt} or {@code messages}. */
  public static Prompt prompt(JsonFields json) {
    if (json.has("prompt") && json.has("messages")) {
      throw new Invalid("prompt", "prompt and messages exclude each other");
    }
    List<Map<String, Object>> messages = json.objects("messages");
    if (messages != null) {
      return new Prompt.Chat(
          messages,
          json.bool("add_generation_prompt", true),
          json.objects("tools"),
          json.map("chat_template_kwargs"));
    }
    JsonNode prompt = json.get("prompt");
    if (prompt == null) {
      throw new Invalid("prompt", "prompt or messages is required");
    }
    return prompt.isArray()
        ? new Prompt.Tokens(json.ints("prompt"))
        : new Prompt.Text(json.requiredString("prompt"));
  }

  private static void putSampling(ObjectNode json, SamplingParams sampling) {
    putUnlessNull(json, "temperature", sampling.temperature());
    putUnlessNull(json, "top_p", sampling.topP());
    putUnlessNull(json, "top_k", sampling.topK());
    putUnlessNull(json, "min_p", sampling.minP());
    putUnlessNull(json, "repetition_penalty", sampling.repetitionPenalty());
    putUnlessNull(json, "presence_penalty", sampling.presencePenalty());
    putUnlessNull(json, "frequency_penalty", sampling.frequencyPenalty());
    putUnlessNull(json, "seed", sampling.seed());
  }

  /** The sampling fields of a request, HTTP or Kafka. */
  public static SamplingParams sampling(JsonFields json) {
    return new SamplingParams(
        json.number("temperature"),
        json.number("top_p"),
        json.intNumber("top_k"),
        json.number("min_p"),
        json.number("repetition_penalty"),
        json.number("presence_penalty"),
        json.number("frequency_penalty"),
        json.integer("seed"));
  }

  private static void putStop(ObjectNode json, StopCriteria stop) {
    putUnlessNull(json, "max_tokens", stop.maxTokens());
    if (stop.minTokens() > 0) {
      json.put("min_tokens", stop.minTokens());
    }
    if (!stop.stop().isEmpty()) {
      json.set("stop", JSON.valueToTree(stop.stop()));
    }
    if (!stop.stopTokenIds().isEmpty()) {
      json.set("stop_token_ids", JSON.valueToTree(stop.stopTokenIds()));
    }
    if (stop.ignoreEos()) {
      json.put("ignore_eos", true);
    }
  }

  /** The fields that say when an answer ends, HTTP or Kafka. */
  public static StopCriteria stop(JsonFields json) {
    return new StopCriteria(
        json.intNumber("max_tokens"),
        orZero(json.intNumber("min_tokens")),
        json.strings("stop"),
        json.ints("stop_token_ids"),
        json.bool("ignore_eos", false));
  }

  private static ReplyAddress replyAddress(JsonFields json) {
    JsonFields reply = required(json, "reply");
    return new ReplyAddress(reply.requiredString("topic"), reply.intNumber("partition"));
  }

  private static Usage usage(JsonFields json) {
    return new Usage(
        orZero(json.intNumber("prompt_tokens")), orZero(json.intNumber("completion_tokens")));
  }

  private static JsonFields required(JsonFields json, String field) {
    JsonFields inner = json.object(field);
    if (inner == null) {
      throw new Invalid(json.name(field), json.name(field) + " is required");
    }
    return inner;
  }

  private static @Nullable Instant instant(JsonFields json, String field) {
    String text = json.string(field);
    try {
      return text == null ? null : Instant.parse(text);
    } catch (DateTimeException e) {
      String name = json.name(field);
      throw new Invalid(
          name,
          "%s must be an instant such as 2026-01-31T12:00:00Z, but is \"%s\""
              .formatted(name, text));
    }
  }

  private static <E extends Enum<E>> E constant(Class<E> type, JsonFields json, String field) {
    String label = json.requiredString(field);
    try {
      return Enum.valueOf(type, label.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new Invalid(json.name(field), json.name(field) + " is unknown: " + label);
    }
  }

  private static void putUnlessNull(ObjectNode json, String field, @Nullable Object value) {
    if (value != null) {
      json.putPOJO(field, value);
    }
  }

  private static int orZero(@Nullable Integer value) {
    return value == null ? 0 : value;
  }

  private static long orZero(@Nullable Long value) {
    return value == null ? 0 : value;
  }
}
