package io.millrace.api.answer;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.api.body.JsonBody;
import io.millrace.api.error.RequestFailed;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.Invalid;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SentNamesTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'max_tokens': 9} | max_tokens | max_tokens must be at most 5, but is 9",
        "{'max_completion_tokens': 9} | max_completion_tokens | max_completion_tokens must be at most 5, but is 9",
        "{'max_completion_tokens': 9, 'max_tokens': 3} | max_completion_tokens | max_completion_tokens must be at most 5, but is 9",
        "{'max_new_tokens': 9, 'max_length': 8} | max_new_tokens | max_new_tokens must be at most 5, but is 9",
        "{'max_output_tokens': 9} | max_output_tokens | max_output_tokens must be at most 5, but is 9",
        "{'max_length': 12} | max_length | max_length less the prompt must be at most 5, but is 9",
        "{'max_length': 12, 'max_tokens': 9} | max_tokens | max_tokens must be at most 5, but is 9"
      })
  void error_namesTheFieldThatWasSent(String body, String param, String message) {
    SentNames names = SentNames.of(json(body));
    String told = "max_tokens must be at most 5, but is 9";
    assertThat(names.told(new Invalid("max_tokens", told)))
        .isInstanceOfSatisfying(Invalid.class, e -> assertThat(e.param()).isEqualTo(param))
        .hasMessage(message);
    assertThat(names.told(new RequestFailed(FailureKind.INVALID, told, "max_tokens")))
        .isInstanceOfSatisfying(RequestFailed.class, e -> assertThat(e.param()).isEqualTo(param))
        .hasMessage(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'eos_token_id': 7} | stop_token_ids | eos_token_id",
        "{'eos_token_id': 7, 'stop_token_ids': [8]} | stop_token_ids | stop_token_ids",
        "{'prompt_token_ids': [7]} | prompt | prompt_token_ids",
        "{'prompt': [7]} | prompt | prompt",
        "{'tokens': [7]} | prompt | tokens",
        "{'input': 'x'} | messages | input",
        "{'messages': []} | messages | messages",
        "{'stop_sequences': ['x']} | stop | stop_sequences",
        "{'text': {}} | response_format.json_schema.schema | text.format.schema",
        "{'text': {}} | response_format.type | text.format.type",
        "{'output_config': {}} | response_format.json_schema.schema | output_config.format.schema",
        "{'response_format': {}, 'text': {}} | response_format.type | response_format.type",
        "{'max_completion_tokens': 9} | min_tokens | min_tokens"
      })
  void otherFields_areNamedAsTheyWereSent(String body, String field, String sent) {
    Invalid wrong = new Invalid(field, field + " holds token id 7");
    assertThat(SentNames.of(json(body)).told(wrong))
        .isInstanceOfSatisfying(Invalid.class, e -> assertThat(e.param()).isEqualTo(sent))
        .hasMessage(sent + " holds token id 7");
  }

  private static JsonBody json(String body) {
    return JsonBody.parse(body.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }
}
