package io.millrace.api.openai;

import io.millrace.api.body.JsonBody;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.OutputParams;
import tools.jackson.databind.JsonNode;

/** The fields that say what is to come back, as either endpoint spells them. */
final class OutputFields {
  private OutputFields() {}

  /** Of a completion: {@code logprobs} is a number. */
  static OutputParams completion(JsonBody body) {
    JsonNode logprobs = body.node("logprobs");
    if (logprobs != null && logprobs.isBoolean() && logprobs.booleanValue()) {
      throw new Invalid("logprobs", "logprobs must be a whole number, but is true");
    }
    OutputParams output = body.as(OutputParams.class);
    if (body.flag("stream")) {
      output.checkStream();
    }
    refusePromptLogprobsInAStream(body);
    return output;
  }

  /** Of a chat: {@code logprobs} is true or false, {@code top_logprobs} a number. */
  static OutputParams chat(JsonBody body) {
    JsonNode logprobs = body.node("logprobs");
    if (logprobs != null && !logprobs.isBoolean()) {
      throw new Invalid("logprobs", "logprobs must be true or false, but is " + logprobs);
    }
    refusePromptLogprobsInAStream(body);
    return body.as(OutputParams.class);
  }

  /** An echo with log-probabilities tells those of the prompt, too. */
  static OutputParams forWorker(OutputParams asked) {
    if (!asked.echo() || asked.logprobs() == null) {
      return asked;
    }
    Integer own = asked.promptLogprobs();
    return asked.withPromptLogprobs(
        own == null ? asked.logprobs() : Integer.valueOf(Math.max(own, asked.logprobs())));
  }

  private static void refusePromptLogprobsInAStream(JsonBody body) {
    if (body.has("prompt_logprobs") && body.flag("stream")) {
      throw new Invalid("prompt_logprobs", "prompt_logprobs needs \"stream\": false");
    }
  }
}
