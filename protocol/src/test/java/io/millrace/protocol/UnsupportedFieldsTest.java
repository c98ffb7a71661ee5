package io.millrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What HTTP refuses by name is refused in a record, too. */
class UnsupportedFieldsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "'guided_whitespace_pattern': ' ?' | guided_whitespace_pattern is not supported",
        "'structured_outputs': {'whitespace_pattern': ' ?'} | structured_outputs.whitespace_pattern is not supported",
        "'structured_outputs': {'structural_tag': {'a': 1}} | structured_outputs.structural_tag is not supported",
        "'typical_p': 0.5 | typical_p is not supported beyond 1, but is 0.5",
        "'num_beams': 4 | num_beams is not supported beyond 1, but is 4",
        "'best_of': 3, 'stream': true | best_of must be n, which is 1, in a stream, but is 3",
        "'suffix': '.' | suffix is not supported",
        "'max_completion_tokens': 5 | max_completion_tokens is not supported",
        "'stop_sequences': ['a'] | stop_sequences is not supported",
        "'tools': [{}] | tools is not supported without messages",
        "'tool_choice': 'required' | tool_choice is not supported without messages beyond \"none\", but is \"required\"",
        "'continue_final_message': true | continue_final_message is not supported without messages"
      })
  void fieldThatIsNotObeyed_isRefusedByName(String fields, String message) {
    assertThatThrownBy(() -> incoming("'prompt': 'a', " + fields))
        .isInstanceOf(Invalid.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'user': 'ann', 'metadata': {'a': 'b'}",
        "'suffix': '', 'typical_p': 1.0, 'functions': [], 'function_call': 'auto', 'grammar': null",
        "'use_beam_search': 'false', 'num_beams': 1, 'modalities': ['text']",
        "'tools': [], 'tool_choice': 'auto', 'parallel_tool_calls': true",
        "'made_up_by_a_newer_writer': 5"
      })
  void hintsAndWhatAsksForNothing_areIgnored(String fields) {
    assertThatCode(() -> incoming("'prompt': 'a', " + fields)).doesNotThrowAnyException();
  }

  @Test
  void fieldsOfChats_areTakenWithMessages() {
    assertThatCode(
            () ->
                incoming(
                    "'messages': [{'role': 'user', 'content': 'a'}],"
                        + " 'chat_template_kwargs': {'a': 1}, 'add_generation_prompt': false"))
        .doesNotThrowAnyException();
  }

  @Test
  void fieldsOfRequests_areNotAmongThem() {
    List<String> unsupported = new ArrayList<>(UnsupportedFields.ALL);
    unsupported.addAll(UnsupportedFields.OF_ENDPOINTS);
    assertThat(unsupported)
        .doesNotHaveDuplicates()
        .doesNotContainAnyElementsOf(UnsupportedFields.HINTS)
        .doesNotContainAnyElementsOf(requestFields());
  }

  private static List<String> requestFields() {
    byte[] schema = JsonSchemas.find("request").orElseThrow();
    return List.copyOf(JsonRecords.parse(schema).get("properties").propertyNames());
  }

  private static GenerationRequest incoming(String fields) {
    return IncomingRequestTest.incoming("{" + fields + ", 'reply': {'topic': 'answers'}}")
        .request();
  }
}
