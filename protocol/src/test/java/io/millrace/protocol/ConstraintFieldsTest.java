package io.millrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConstraintFieldsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {'response_format':{'type':'json_object'}} | response_format.type | JsonSchema[schema={'type':'object'}, anyWhitespace=false]
          {'response_format':{'type':'json_schema','json_schema':{'name':'a','strict':true,'schema':{'type':'null'}}}} | response_format.json_schema.schema | JsonSchema[schema={'type':'null'}, anyWhitespace=false]
          {'response_format':{'type':'json_schema','json_schema':{'schema':{}}}} | response_format.json_schema.schema | JsonSchema[schema={}, anyWhitespace=false]
          {'structured_outputs':{'json':{'const':0.10}}} | structured_outputs.json | JsonSchema[schema={'const':0.1}, anyWhitespace=false]
          {'structured_outputs':{'json':'{\\'const\\': 1}','disable_any_whitespace':false}} | structured_outputs.json | JsonSchema[schema={'const': 1}, anyWhitespace=true]
          {'structured_outputs':{'json_object':true,'disable_any_whitespace':true}} | structured_outputs.json_object | JsonSchema[schema={'type':'object'}, anyWhitespace=false]
          {'structured_outputs':{'regex':'a+'}} | structured_outputs.regex | Regex[pattern=a+]
          {'structured_outputs':{'choice':['a','b']}} | structured_outputs.choice | Choice[texts=[a, b]]
          {'structured_outputs':{'grammar':'root ::= x'}} | structured_outputs.grammar | Rules[text=root ::= x]
          {'guided_json':{'type':'null'}} | guided_json | JsonSchema[schema={'type':'null'}, anyWhitespace=false]
          {'guided_json':'true'} | guided_json | JsonSchema[schema=true, anyWhitespace=false]
          {'guided_regex':'a+','guided_choice':[]} | guided_regex | Regex[pattern=a+]
          {'guided_choice':['a']} | guided_choice | Choice[texts=[a]]
          {'guided_grammar':'x','guided_json':{}} | guided_grammar | Rules[text=x]
          """)
  void constraint_isKnownByTheFieldThatDescribesIt(String json, String param, String constraint) {
    NamedConstraint read = read(json).constraint();
    assertThat(read).isNotNull();
    assertThat(read.param()).isEqualTo(param);
    assertThat(read.constraint().toString()).isEqualTo(constraint.replace('\'', '"'));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {}
          {'response_format':null,'structured_outputs':null,'guided_json':null}
          {'response_format':{}}
          {'response_format':{'type':'text'},'guided_json':{}}
          {'structured_outputs':{}}
          {'structured_outputs':{'json':{},'regex':'','choice':[],'grammar':'','json_object':false}}
          {'guided_json':'','guided_regex':'','guided_choice':[],'guided_grammar':' '}
          """)
  void emptyFormat_isNone(String json) {
    assertThat(read(json).constraint()).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {'response_format':{'type':'xml'}} | response_format.type | response_format.type must be text, json_object or json_schema, but is 'xml'
          {'response_format':'json'} | response_format | response_format must be an object, but is 'json'
          {'response_format':{'type':'json_schema'}} | response_format.json_schema | response_format.json_schema is required
          {'response_format':{'type':'json_schema','json_schema':{'name':'a'}}} | response_format.json_schema.schema | response_format.json_schema.schema is required
          {'response_format':{'type':'json_schema','json_schema':{'schema':'{}'}}} | response_format.json_schema.schema | response_format.json_schema.schema must be an object, but is '{}'
          {'structured_outputs':{'json':[1]}} | structured_outputs.json | structured_outputs.json must be a JSON Schema, but is [1]
          {'structured_outputs':{'choice':'a'}} | structured_outputs.choice | structured_outputs.choice must be a list of strings, but is 'a'
          {'structured_outputs':{'regex':5}} | structured_outputs.regex | structured_outputs.regex must be a string, but is 5
          {'guided_choice':[1]} | guided_choice | guided_choice must be a list of strings, but is [1]
          {'guided_regex':'a','guided_json':{'type':'null'}} | guided_regex | guided_json and guided_regex exclude each other
          {'guided_regex':'a','structured_outputs':{'choice':['a']}} | structured_outputs.choice | guided_regex and structured_outputs.choice exclude each other
          {'structured_outputs':{'regex':'a','json_object':true}} | structured_outputs.json_object | structured_outputs.regex and structured_outputs.json_object exclude each other
          """)
  void wrongFormat_isRefusedByName(String json, String param, String message) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOfSatisfying(Invalid.class, e -> assertThat(e.param()).isEqualTo(param))
        .hasMessage(message.replace('\'', '"'));
  }

  @Test
  void tooLargeConstraint_isRefusedByName() {
    String large = "a".repeat(Constraint.MAX_CHARACTERS + 1);
    assertThatThrownBy(() -> read("{'guided_regex':'" + large + "'}"))
        .hasMessage("guided_regex may have at most 262144 characters, but has 262145");
    assertThatThrownBy(
            () ->
                new ConstraintFields(
                    null, null, null, null, List.of(large.substring(1), "b"), null))
        .hasMessage("guided_choice may have at most 262144 characters, but has 262145");
    String many = "['a'" + ",'a'".repeat(Constraint.MAX_CHOICES) + "]";
    assertThatThrownBy(() -> read("{'structured_outputs':{'choice':" + many + "}}"))
        .hasMessage("structured_outputs.choice may hold at most 4096 strings, but holds 4097");
  }

  @Test
  void request_carriesTheFormatAsItWasWritten() {
    for (String format :
        List.of(
            "'structured_outputs':{'regex':'a+'}",
            "'guided_choice':['a','b']",
            "'guided_json':{'type':'null'}",
            "'structured_outputs':{'json':{'type':'null'},'disable_any_whitespace':false}")) {
      GenerationRequest request =
          RecordSamples.smallRequest(new Prompt.Text("hi")).withFormat(read("{" + format + "}"));
      assertThat(RecordSamples.text(Wire.encode(request))).contains(format + ",'stream'");
      assertThat(Wire.decodeRequest(Wire.encode(request), "other", request.createdAt()))
          .isEqualTo(request);
    }
  }

  private static ConstraintFields read(String json) {
    byte[] bytes = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    return JsonRecords.read(JsonRecords.parse(bytes), ConstraintFields.class);
  }
}
