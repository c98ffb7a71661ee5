package io.millrace.api.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.api.body.JsonBody;
import io.millrace.api.error.RequestFailed;
import io.millrace.api.exchange.Question;
import io.millrace.api.workers.ServedModels;
import io.millrace.kafka.ModelDirectory;
import io.millrace.kafka.WorkerDirectory;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.OutputParams;
import io.millrace.protocol.Prompt;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenAiBodyTest {
  private final ServedModels models =
      new ServedModels(
          "tiny",
          "org/tiny",
          1,
          new WorkerDirectory(InstantSource.fixed(Instant.EPOCH)),
          new ModelDirectory(Duration.ZERO, InstantSource.fixed(Instant.EPOCH)));

  @Test
  void plainRequest_leavesSamplingToTheModel() {
    Question question = question("{}");
    assertThat(question.model()).isEqualTo("tiny");
    assertThat(question.stream()).isFalse();
    assertThat(question.sampling().temperature()).isNull();
    assertThat(question.stop().maxTokens()).isNull();
  }

  @Test
  void maxCompletionTokens_isMaxTokens() {
    assertThat(question("{'max_completion_tokens': 7, 'stop': ['a']}").stop().maxTokens())
        .isEqualTo(7);
    assertThat(question("{'max_tokens': 8}").stop().maxTokens()).isEqualTo(8);
  }

  @Test
  void unknownModel_isNotFound() {
    assertThat(question("{'model': 'org/tiny'}").model()).isEqualTo("tiny");
    assertThatThrownBy(() -> question("{'model': 'huge'}"))
        .isInstanceOfSatisfying(
            RequestFailed.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.NOT_FOUND))
        .hasMessage("the model \"huge\" is not served; served are: tiny");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'logit_bias': {'5': 101}} | logit_bias.5 must be between -100 and 100, but is 101",
        "{'max_tokens': 0} | max_tokens must be at least 1, but is 0",
        "{'stream': true, 'stream_options': {'continuous_usage_stats': true}} | stream_options.continuous_usage_stats is not supported",
        "{'stream_options': {'include_usage': true}} | stream_options needs \"stream\": true",
        "{'max_completion_tokens': 0} | max_completion_tokens must be at least 1",
        "{'model': 5} | model must be a string"
      })
  void unsupportedAndWrongFields_areNamed(String body, String message) {
    assertThatThrownBy(() -> question(body)).hasMessageContaining(message);
  }

  @Test
  void neutralValues_areAccepted() {
    assertThat(
            question(
                    "{'n': 1, 'logprobs': false, 'logit_bias': {}, 'user': 'ann', 'echo': false,"
                        + " 'response_format': {'type': 'text'}}")
                .model())
        .isEqualTo("tiny");
  }

  @Test
  void echoWithLogprobs_asksForThePrompts() {
    assertThat(question("{'echo': true, 'logprobs': 3, 'prompt_logprobs': 1}").output())
        .isEqualTo(OutputParams.TEXT.withLogprobs(3).withPromptLogprobs(3).withEcho());
    assertThat(question("{'echo': true}").output().promptLogprobs()).isNull();
  }

  @Test
  void answerOfNothing_needsAnEcho() {
    assertThat(question("{'echo': true, 'max_tokens': 0, 'logprobs': 1}").stop().maxTokens())
        .isZero();
    assertThatThrownBy(() -> question("{'echo': false, 'max_tokens': 0}"))
        .hasMessage("max_tokens must be at least 1, but is 0");
  }

  @Test
  void includeUsage_isReadFromStreamOptions() {
    assertThat(
            OpenAiBody.includeUsage(
                json("{'stream': true, 'stream_options': {'include_usage': true}}")))
        .isTrue();
    assertThat(OpenAiBody.includeUsage(json("{'stream_options': {}}"))).isFalse();
    assertThat(OpenAiBody.includeUsage(json("{}"))).isFalse();
  }

  private Question question(String body) {
    JsonBody fields = json(body);
    OpenAiBody.includeUsage(fields);
    return OpenAiBody.question(
        fields, new Prompt.Text("x"), OutputFields.completion(fields), models);
  }

  private static JsonBody json(String body) {
    return JsonBody.parse(body.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }
}
