package io.millrace.protocol;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
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
    putOutput(json, request.output());
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
        output(json),
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
    ReplyJson.put(json, reply);
    return JSON.writeValueAsBytes(json);
  }

  /** Reads a reply; throws {@link Invalid} for what is none. */
  public static Reply decodeReply(byte[] value) {
    return ReplyJson.read(JsonFields.parse(value));
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
        json.intNumber("slots", 0),
        json.intNumber("running", 0),
        json.intNumber("waiting", 0),
        json.requiredString("device"),
        json.intNumber("max_input_len", 0),
        json.intNumber("max_output_len", 0),
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
    putRules(json, sampling.rules());
  }

  private static void putRules(ObjectNode json, TokenRules rules) {
    if (rules.noRepeatNgramSize() > 0) {
      json.put("no_repeat_ngram_size", rules.noRepeatNgramSize());
    }
    if (!rules.forcedEosTokenIds().isEmpty()) {
      json.set("forced_eos_token_id", JSON.valueToTree(rules.forcedEosTokenIds()));
    }
    if (!rules.logitBias().isEmpty()) {
      json.set("logit_bias", JSON.valueToTree(rules.logitBias()));
    }
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
        json.integer("seed"),
        new TokenRules(
            json.intNumber("no_repeat_ngram_size", 0),
            json.oneOrMoreInts("forced_eos_token_id"),
            json.numbersByInt("logit_bias")));
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
        json.intNumber("min_tokens", 0),
        json.strings("stop"),
        json.ints("stop_token_ids"),
        json.bool("ignore_eos", false));
  }

  private static void putOutput(ObjectNode json, OutputParams output) {
    if (output.n() > 1) {
      json.put("n", output.n());
    }
    if (output.chooses()) {
      json.put("best_of", output.bestOf());
    }
    putUnlessNull(json, "logprobs", output.logprobs());
    putUnlessNull(json, "prompt_logprobs", output.promptLogprobs());
    if (output.echo()) {
      json.put("echo", true);
    }
  }

  /** The fields that say what comes back, HTTP or Kafka. */
  public static OutputParams output(JsonFields json) {
    int n = json.intNumber("n", 1);
    return new OutputParams(
        n,
        json.intNumber("best_of", n),
        logprobs(json),
        json.intNumber("prompt_logprobs"),
        json.bool("echo", false));
  }

  /** As completions spell it, a number; or as chats do, true and {@code top_logprobs}. */
  private static @Nullable Integer logprobs(JsonFields json) {
    JsonNode node = json.get("logprobs");
    int top = json.intNumber("top_logprobs", 0);
    Invalid.unlessBetween("top_logprobs", top, 0, OutputParams.MAX_LOGPROBS);
    boolean yes = node != null && node.isBoolean() && node.booleanValue();
    if (yes) {
      return top;
    }
    if (top > 0) {
      throw new Invalid("top_logprobs", "top_logprobs needs \"logprobs\": true");
    }
    return node != null && node.isBoolean() ? null : json.intNumber("logprobs");
  }

  private static ReplyAddress replyAddress(JsonFields json) {
    JsonFields reply = json.requiredObject("reply");
    return new ReplyAddress(reply.requiredString("topic"), reply.intNumber("partition"));
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

  private static void putUnlessNull(ObjectNode json, String field, @Nullable Object value) {
    if (value != null) {
      json.putPOJO(field, value);
    }
  }
}
