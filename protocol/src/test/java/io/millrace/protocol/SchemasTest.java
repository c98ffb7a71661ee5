package io.millrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** The schemas that are generated from the records hold for what is written as those records. */
final class SchemasTest {
  private static final SchemaRegistry REGISTRY =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

  @Test
  void requests_areAsTheirSchemaSays() {
    assertValid("request", Wire.encode(RecordSamples.wholeRequest()));
    for (Prompt prompt :
        List.of(
            new Prompt.Text("hi"),
            new Prompt.Tokens(List.of(1, 2)),
            new Prompt.Batch(List.of(new Prompt.Text("a"), new Prompt.Text("b"))),
            new Prompt.Batch(List.of(new Prompt.Tokens(List.of(1)), new Prompt.Tokens(List.of(2)))),
            RecordSamples.wholeRequest().prompt())) {
      assertValid("request", Wire.encode(RecordSamples.smallRequest(prompt)));
    }
  }

  @Test
  void replies_areAsTheirSchemaSays() {
    Echo echo = new Echo(JsonRecords.MAPPER.createArrayNode().add(1), null);
    RecordSamples.replies()
        .forEach(
            reply -> {
              assertValid("reply", Wire.encode(reply));
              assertValid("reply", Wire.encode(reply, echo));
            });
  }

  @Test
  void furtherRecords_areAsTheirSchemasSay() {
    assertValid("control", Wire.encode(new ControlMessage.Cancel("a", "the client left")));
    assertValid("control", Wire.encode(new ControlMessage.Cancel("a", "it left", "api-1")));
    assertValid("control", Wire.encode(new ControlMessage.Resume("a", "api-1", true)));
    assertValid("control", Wire.encode(new ControlMessage.Drain("w")));
    assertValid("worker-state", Wire.encode(RecordSamples.workerState()));
    assertValid("reader-state", Wire.encode(new ReaderState("api-1", RecordSamples.NOW, 5000)));
    assertValid("model-state", Wire.encode(RecordSamples.modelState()));
    RecordSamples.jobs().forEach(job -> assertValid("job", Wire.encode(job)));
    DeadLetter letter = new DeadLetter("no", 3, "w", "millrace.requests.m.interactive", 0, 17);
    assertValid("dead-letter", JsonRecords.MAPPER.writeValueAsBytes(letter));
    assertValid(
        "dead-letter-replay", JsonRecords.MAPPER.writeValueAsBytes(new DeadLetterReplay(17)));
  }

  @Test
  void examplesOfTheDocumentation_areAsTheirSchemasSay() throws IOException {
    String kafka = Files.readString(Path.of("..", "docs", "kafka-clients.md"));
    assertValid("request", find("echo '(\\{.*})'", kafka));
    String java = find("(?s)String request =\\s*\"(.*?)\";", kafka);
    assertValid("request", java.replaceAll("\"\\s*\\+\\s*\"", "").replace("\\\"", "\""));
    String replies = kafka.replace("\n#  ", "");
    assertValid("reply", find("# (\\{.*accepted.*})", replies));
    assertValid("reply", find("# (\\{.*finished.*})", replies));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          request      | {'reply':{'topic':'a'}}
          request      | {'prompt':'x','messages':[],'reply':{'topic':'a'}}
          request      | {'prompt':5,'reply':{'topic':'a'}}
          request      | {'prompt':'x','reply':{'topic':'a','partition':-1}}
          request      | {'prompt':'x','temperature':3,'reply':{'topic':'a'}}
          request      | {'prompt':'x','top_p':1.5,'reply':{'topic':'a'}}
          request      | {'prompt':[['x']],'reply':{'topic':'a'}}
          request      | {'prompt':'x','top_k':1.5,'reply':{'topic':'a'}}
          request      | {'prompt':'x','n':129,'reply':{'topic':'a'}}
          request      | {'prompt':'x','logprobs':'5','reply':{'topic':'a'}}
          request      | {'prompt':'x','stop':[5],'reply':{'topic':'a'}}
          reply        | {'id':'a','attempt':1,'seq':3,'type':'delta'}
          reply        | {'id':'a','attempt':1,'seq':3,'type':'rumour','text':'x'}
          reply        | {'id':'a','type':'finished','finish_reason':'bored','text':'x','usage':{}}
          reply        | {'id':'a','type':'failed','error':{'kind':'invalid'}}
          request      | {'prompt':'x','reply':{'partition':0.5}}
          control      | {'type':'cancel'}
          dead-letter-replay | {}
          control      | {'type':'dance','id':'a'}
          worker-state | {'worker':'w','model':'m'}
          reader-state | {'at':'2026-01-31T12:00:00Z'}
          dead-letter  | {'millrace-reason':'no'}
          job          | {'id':'a','type':'state','status':'queued'}
          job          | {'id':'a','type':'state','status':'bored','attempt':1,'at':'2026-01-31T12:00:00Z'}
          job          | {'id':'a','type':'submitted','endpoint':'/chat'}
          """)
  void wrongRecords_areRefusedByTheirSchemas(String name, String json) {
    assertThat(schema(name).validate(json.replace('\'', '"'), InputFormat.JSON)).isNotEmpty();
  }

  @Test
  void request_needsNoReplyAddress() {
    assertValid("request", "{\"prompt\":\"x\",\"metadata\":[1]}");
    assertValid("request", "{\"prompt\":\"x\",\"reply\":{\"key\":\"k\"}}");
  }

  @Test
  void schemas_tellLimitsAndDescriptions() {
    String schema = schema("request").getSchemaNode().at("/properties/top_p").toString();

    assertThat(schema)
        .contains("\"minimum\":0.0", "\"maximum\":1.0", "\"description\":\"nucleus: ");
  }

  @Test
  void fields_areAllDescribed() {
    List<String> silent = new ArrayList<>();
    for (String name : JsonSchemas.RECORDS.keySet()) {
      addSilent(JsonRecords.parse(JsonSchemas.find(name).orElseThrow()), name, silent);
    }
    assertThat(silent).isEmpty();
  }

  private static void addSilent(JsonNode schema, String path, List<String> silent) {
    schema
        .path("properties")
        .forEachEntry(
            (name, field) -> {
              if (!field.has("description") && !field.has("const")) {
                silent.add(path + " " + name);
              }
            });
    schema.forEach(within -> addSilent(within, path, silent));
  }

  @Test
  void whatComesBack_isDescribedBesideEachReply() {
    for (JsonNode kind : JsonRecords.parse(JsonSchemas.find("reply").orElseThrow()).path("oneOf")) {
      assertThat(kind.path("properties").propertyNames()).contains("metadata", "traceparent");
    }
  }

  private static void assertValid(String name, byte[] json) {
    assertValid(name, new String(json, StandardCharsets.UTF_8));
  }

  private static void assertValid(String name, String json) {
    assertThat(schema(name).validate(json, InputFormat.JSON)).as(json).isEmpty();
  }

  private static Schema schema(String name) {
    byte[] json = JsonSchemas.find(name).orElseThrow();
    return REGISTRY.getSchema(new String(json, StandardCharsets.UTF_8));
  }

  private static String find(String pattern, String text) {
    Matcher found = Pattern.compile(pattern).matcher(text);
    assertThat(found.find()).as(pattern).isTrue();
    return found.group(1);
  }
}
