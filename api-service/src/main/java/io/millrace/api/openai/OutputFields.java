package io.millrace.api.openai;

import io.millrace.api.body.Fields;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.JsonFields;
import io.millrace.protocol.OutputParams;
import io.millrace.protocol.Wire;
import tools.jackson.databind.JsonNode;

/** The fields that say what is to come back, as either endpoint spells them. */
final class OutputFields {
  private OutputFields() {}

  /** Of a completion: {@code logprobs} is a number. */
  static OutputParams completion(JsonFields body) {
    JsonNode logprobs = body.get("logprobs");
    if (logprobs != null && logprobs.isBoolean() && logprobs.booleanValue()) {
      throw new Invalid("logprobs", "logprobs must be a whole number, but is true");
    }
    Fields.unlessAbsent(body, "top_logprobs");
    OutputParams output = Wire.output(body);
    if (output.chooses() && Fields.flag(body, "stream")) {
      throw new Invalid(
          "best_of",
          "best_of must be n, which is %d, in a stream, but is %d"
              .formatted(output.n(), output.bestOf()));
    }
    refusePromptLogprobsInAStream(body);
    return output;
  }

  /** Of a chat: {@code logprobs} is true or false, {@code top_logprobs} a number. */
  static OutputParams chat(JsonFields body) {
    JsonNode logprobs = body.get("logprobs");
    if (logprobs != null && !logprobs.isBoolean()) {
      throw new Invalid("logprobs", "logprobs must be true or false, but is " + logprobs);
    }
    Fields.unlessOnly(body, "best_of", 1);
    Fields.unlessAbsent(body, "echo");
    refusePromptLogprobsInAStream(body);
    return Wire.output(body);
  }

  /** An echo with log-probabilities tells those of the prompt, too. */
  static OutputParams forWorker(OutputParams asked) {
    if (!asked.echo() || asked.logprobs() == null) {
      return asked;
    }
    Integer own = asked.promptLogprobs();
    return new OutputParams(
        asked.n(),
        asked.bestOf(),
        asked.logprobs(),
        own == null ? asked.logprobs() : Integer.valueOf(Math.max(own, asked.logprobs())),
        true);
  }

  private static void refusePromptLogprobsInAStream(JsonFields body) {
    if (body.has("prompt_logprobs") && Fields.flag(body, "stream")) {
      throw new Invalid("prompt_logprobs", "prompt_logprobs needs \"stream\": false");
    }
  }
}
