package io.millrace.api.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.api.body.JsonBody;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.OutputParams;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutputFieldsTest {
  @Test
  void completion_spellsLogprobsAsANumber() {
    assertThat(completion("{'n': 2, 'best_of': 4, 'logprobs': 5, 'prompt_logprobs': 0}"))
        .isEqualTo(OutputParams.TEXT.withN(2).withBestOf(4).withLogprobs(5).withPromptLogprobs(0));
    assertThat(completion("{'logprobs': false, 'n': 3, 'stream': true}"))
        .isEqualTo(OutputParams.TEXT.withN(3));
  }

  @Test
  void tokens_areToldByEither() {
    OutputParams expected = OutputParams.TEXT.withPromptTokens(false);
    assertThat(completion("{'return_token_ids': true}")).isEqualTo(expected);
    assertThat(chat("{'return_token_ids': true, 'stream': true}")).isEqualTo(expected);
  }

  @Test
  void chat_spellsLogprobsAsAFlag() {
    assertThat(chat("{'logprobs': true, 'top_logprobs': 5, 'n': 2}"))
        .isEqualTo(OutputParams.TEXT.withN(2).withLogprobs(5));
    assertThat(chat("{'logprobs': true}").logprobs()).isZero();
    assertThat(chat("{'best_of': 1, 'echo': false, 'logprobs': false, 'top_logprobs': 0}"))
        .isEqualTo(OutputParams.TEXT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'n': 129} | n | n must be between 1 and 128, but is 129",
        "{'n': 2, 'best_of': 1} | best_of | best_of must be at least n, which is 2, but is 1",
        "{'best_of': 2, 'stream': true} | best_of | best_of must be n, which is 1, in a stream, but is 2",
        "{'logprobs': true} | logprobs | logprobs must be a whole number, but is true",
        "{'logprobs': 21} | logprobs | logprobs must be between 0 and 20, but is 21",
        "{'prompt_logprobs': -1} | prompt_logprobs | prompt_logprobs must be between 0 and 20, but is -1",
        "{'prompt_logprobs': 1, 'stream': true} | prompt_logprobs | prompt_logprobs needs \"stream\": false"
      })
  void completion_refusesInWords(String body, String param, String message) {
    assertThatThrownBy(() -> completion(body))
        .isInstanceOfSatisfying(Invalid.class, e -> assertThat(e.param()).isEqualTo(param))
        .hasMessage(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'logprobs': 5} | logprobs | logprobs must be true or false, but is 5",
        "{'top_logprobs': 5} | top_logprobs | top_logprobs needs \"logprobs\": true",
        "{'logprobs': true, 'top_logprobs': 21} | top_logprobs | top_logprobs must be between 0 and 20, but is 21"
      })
  void chat_refusesInWords(String body, String param, String message) {
    assertThatThrownBy(() -> chat(body))
        .isInstanceOfSatisfying(Invalid.class, e -> assertThat(e.param()).isEqualTo(param))
        .hasMessage(message);
  }

  private static OutputParams completion(String body) {
    return OutputFields.completion(json(body));
  }

  private static OutputParams chat(String body) {
    return OutputFields.chat(json(body));
  }

  private static JsonBody json(String body) {
    return JsonBody.parse(body.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }
}
