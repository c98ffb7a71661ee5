package io.millrace.api.body;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class EmptyFieldsTest {
  @ParameterizedTest
  @EnumSource
  void blankOptionalField_isAbsent(Endpoint endpoint) {
    for (String field : endpoint.obeyed()) {
      for (String blank : new String[] {"''", "{}", "[]"}) {
        boolean required =
            Set.of("prompt", "prompt_token_ids", "messages", "input", "tokens").contains(field);
        if (!required) {
          assertThat(dropped("{'%s': %s}".formatted(field, blank), endpoint)).as(field).isEmpty();
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"{'prompt': ''}", "{'prompt': []}", "{'prompt_token_ids': []}"})
  void emptyPrompt_isThere(String body) {
    assertThat(dropped(body, Endpoint.COMPLETIONS)).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'stream': 'false'} | {'stream': false}",
        "{'stream': 'True', 'echo': 0} | {'stream': true, 'echo': false}",
        "{'skip_special_tokens': 'false'} | {'skip_special_tokens': false}",
        "{'ignore_eos': 'maybe'} | {'ignore_eos': 'maybe'}",
        "{'best_of': 0, 'n': 0, 'seed': 0, 'top_k': 0} | {'n': 0, 'seed': 0, 'top_k': 0}",
        "{'best_of': 'false', 'logit_bias': false} | {}",
        "{'logprobs': 0, 'max_tokens': 0} | {'logprobs': 0, 'max_tokens': 0}",
        "{'stop': 'false', 'model': 'false'} | {'stop': 'false', 'model': 'false'}",
        "{'stream_options': {'include_usage': ''}} | {'stream_options': {}}",
        "{'stream_options': {'include_usage': 'true'}} | {'stream_options': {'include_usage': true}}"
      })
  void fieldOfACompletion_saysNothingOrWhatItMeans(String body, String read) {
    assertThat(dropped(body, Endpoint.COMPLETIONS)).isEqualTo(object(read));
  }

  @Test
  void logprobsOfAChat_areABoolean() {
    assertThat(dropped("{'logprobs': 'false', 'top_logprobs': 0}", Endpoint.CHAT_COMPLETIONS))
        .isEqualTo(object("{'logprobs': false}"));
  }

  @Test
  void callsOneAtATime_areAskedForByFalse() {
    assertThat(dropped("{'parallel_tool_calls': 'false'}", Endpoint.CHAT_COMPLETIONS))
        .isEqualTo(object("{'parallel_tool_calls': false}"));
  }

  private static ObjectNode dropped(String body, Endpoint endpoint) {
    return EmptyFields.dropped(object(body), endpoint);
  }

  private static ObjectNode object(String json) {
    byte[] bytes = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    return (ObjectNode) JsonMapper.shared().readTree(bytes);
  }
}
