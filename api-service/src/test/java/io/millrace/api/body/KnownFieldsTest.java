package io.millrace.api.body;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.protocol.Invalid;
import io.millrace.protocol.JsonRecords;
import io.millrace.protocol.JsonSchemas;
import io.millrace.protocol.UnsupportedFields;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class KnownFieldsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "COMPLETIONS | {'use_beam_search': true} | use_beam_search is not supported",
        "COMPLETIONS | {'top_logprobs': 2} | top_logprobs is not supported",
        "COMPLETIONS | {'do_sample': true} | do_sample is not supported",
        "COMPLETIONS | {'tools': [{}]} | tools is not supported",
        "COMPLETIONS | {'guided_whitespace_pattern': ' ?'} | guided_whitespace_pattern is not supported",
        "COMPLETIONS | {'structured_outputs': {'whitespace_pattern': ' ?'}} | structured_outputs.whitespace_pattern is not supported",
        "CHAT | {'structured_outputs': {'structural_tag': {'a': 1}}} | structured_outputs.structural_tag is not supported",
        "CHAT_COMPLETIONS | {'best_of': 2} | best_of is not supported beyond 1, but is 2",
        "CHAT_COMPLETIONS | {'echo': true} | echo is not supported",
        "CHAT_COMPLETIONS | {'functions': [{}]} | functions is not supported",
        "CHAT_COMPLETIONS | {'modalities': ['audio']} | modalities is not supported beyond [\"text\"], but is [\"audio\"]",
        "CHAT_COMPLETIONS | {'function_call': {'name': 'f'}} | function_call is not supported beyond \"none\", but is {\"name\":\"f\"}",
        "COMPLETION | {'num_beams': 4} | num_beams is not supported beyond 1, but is 4",
        "COMPLETION | {'echo': true} | echo is not supported",
        "COMPLETION | {'max_completion_tokens': 5} | max_completion_tokens is not supported",
        "COMPLETION | {'json_schema': {'type': 'object'}} | json_schema is not supported",
        "RESPONSES | {'response_format': {'type': 'json_object'}} | response_format is not supported beyond {\"type\":\"text\"}, but is {\"type\":\"json_object\"}",
        "RESPONSES | {'truncation': 'auto'} | truncation is not supported beyond \"disabled\", but is \"auto\"",
        "RESPONSES | {'reasoning': {'effort': 'high'}} | reasoning is not supported",
        "RESPONSES | {'messages': [{}]} | messages is not supported",
        "MESSAGES | {'thinking': {'type': 'enabled'}} | thinking is not supported beyond {\"type\":\"disabled\"}, but is {\"type\":\"enabled\"}",
        "COUNT_TOKENS | {'max_tokens': 5} | max_tokens is not supported",
        "TOKENIZE | {'thinking_token_budget': 5} | thinking_token_budget is not supported",
        "DETOKENIZE | {'prompt': 'x'} | prompt is not supported",
        "CHAT | {'return_token_ids': true} | return_token_ids is not supported",
        "CHAT | {'logprobs': true} | logprobs is not supported",
        "CHAT | {'typical_p': 0.5} | typical_p is not supported beyond 1, but is 0.5",
        "CHAT | {'length_penalty': 2} | length_penalty is not supported beyond 1, but is 2"
      })
  void fieldThatIsNotObeyed_isRefusedByName(Endpoint endpoint, String body, String message) {
    assertThatThrownBy(() -> KnownFields.obeyed(json(body), endpoint))
        .isInstanceOf(Invalid.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @EnumSource
  void fieldThatAsksForNothing_isIgnored(Endpoint endpoint) {
    KnownFields.obeyed(
        json(
            "{'suffix': '', 'guided_json': {}, 'guided_choice': [], 'chat_template': '',"
                + " 'structured_outputs': {'json': null}, 'guided_regex': 'false',"
                + " 'use_beam_search': 'false', 'priority': 0,"
                + " 'documents': [], 'grammar': null, 'typical_p': 1.0, 'length_penalty': 1,"
                + " 'modalities': ['text'], 'response_format': {'type': 'text'}, 'best_of': 1,"
                + " 'functions': [], 'function_call': 'auto', 'num_beams': 1, 'echo': false,"
                + " 'tool_choice': 'none', 'parallel_tool_calls': true}"),
        endpoint);
  }

  @ParameterizedTest
  @EnumSource
  void hints_areIgnored(Endpoint endpoint) {
    KnownFields.obeyed(
        json("{'user': 'ann', 'metadata': {'a': 'b'}, 'store': true, 'service_tier': 'auto'}"),
        endpoint);
  }

  @Test
  void everyObeyedField_isRefusedWhereItIsNotObeyed() {
    assertThat(KnownFields.notObeyed(Endpoint.COMPLETIONS))
        .contains("messages", "do_sample", "top_logprobs")
        .doesNotContain("prompt", "temperature", "user");
  }

  @Test
  void everyObeyedField_isOneOfRequestsOrRefusedThere() {
    List<String> known = new ArrayList<>(UnsupportedFields.OF_ENDPOINTS);
    byte[] schema = JsonSchemas.find("request").orElseThrow();
    known.addAll(JsonRecords.parse(schema).get("properties").propertyNames());
    for (Endpoint endpoint : Endpoint.values()) {
      assertThat(known).containsAll(endpoint.obeyed());
    }
  }

  private static JsonBody json(String body) {
    return JsonBody.parse(body.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }
}
