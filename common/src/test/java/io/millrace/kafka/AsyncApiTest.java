package io.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.millrace.protocol.AsyncApi;
import io.millrace.protocol.JsonSchemas;
import io.millrace.protocol.RequestClass;
import io.millrace.protocol.TopicNames;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The AsyncAPI document against topics and records as they are. */
final class AsyncApiTest {
  private static final TopicNames NAMES = new TopicNames("other.");
  private static final JsonNode DOCUMENT =
      JsonMapper.shared()
          .valueToTree(
              new Yaml(new SafeConstructor(new LoaderOptions())).load(AsyncApi.yaml(NAMES)));

  @Test
  void channels_areTheTopicsThatAreMade() {
    Map<String, TopicSpec> made =
        TopicSpec.all(NAMES, "org/m", TopicNames.MOST_REQUEST_TOPICS, 1, Duration.ofDays(7))
            .stream()
            .collect(Collectors.toMap(TopicSpec::name, it -> it));
    Map<String, JsonNode> told = new TreeMap<>();
    DOCUMENT.get("channels").forEach(channel -> addTopics(told, channel));

    assertThat(told.keySet()).containsExactlyInAnyOrderElementsOf(made.keySet());
    told.forEach((name, channel) -> assertSettings(made.get(name), channel));
  }

  private static void addTopics(Map<String, JsonNode> topics, JsonNode channel) {
    if (channel.get("address").isNull()) {
      return;
    }
    List<String> classes = new ArrayList<>();
    channel.at("/parameters/class/enum").forEach(name -> classes.add(name.stringValue()));
    String address = channel.get("address").stringValue().replace("{model}", "org--m");
    assertThat(address.contains("{class}")).isEqualTo(!classes.isEmpty());
    if (classes.isEmpty()) {
      topics.put(address, channel);
    } else {
      assertThat(classes).hasSize(RequestClass.values().length);
      List<String> numbers = new ArrayList<>();
      channel.at("/parameters/number/enum").forEach(number -> numbers.add(number.stringValue()));
      assertThat(address.contains("{number}")).isEqualTo(!numbers.isEmpty());
      for (String name : classes) {
        String topic = address.replace("{class}", name);
        (numbers.isEmpty() ? List.of("") : numbers)
            .forEach(number -> topics.put(topic.replace("{number}", number), channel));
      }
    }
  }

  private static void assertSettings(TopicSpec made, JsonNode channel) {
    JsonNode kafka = channel.at("/bindings/kafka");
    assertThat(kafka.get("partitions").asInt()).as(made.name()).isEqualTo(made.partitions());
    JsonNode told = kafka.get("topicConfiguration");
    List<String> policies = new ArrayList<>();
    told.get("cleanup.policy").forEach(policy -> policies.add(policy.stringValue()));
    assertThat(String.join(",", policies))
        .isEqualTo(made.configs().getOrDefault("cleanup.policy", "delete"));
    for (String config : List.of("retention.ms", "max.message.bytes")) {
      assertThat(told.path(config).asString(null))
          .as(made.name() + " " + config)
          .isEqualTo(made.configs().get(config));
    }
  }

  @Test
  void records_areAllReferredTo() {
    List<String> schemas = new ArrayList<>();
    for (JsonNode reference : DOCUMENT.findValues("$ref")) {
      String target = reference.stringValue();
      if (target.startsWith("#")) {
        assertThat(DOCUMENT.at(target.substring(1)).isMissingNode()).as(target).isFalse();
      } else {
        schemas.add(target.replaceAll("schemas/|\\.json", ""));
      }
    }
    assertThat(schemas).containsExactlyInAnyOrderElementsOf(JsonSchemas.RECORDS.keySet());
  }

  @Test
  void operations_areOnMessagesOfTheirChannels() {
    for (JsonNode operation : DOCUMENT.get("operations")) {
      assertThat(operation.get("action").stringValue()).isIn("send", "receive");
      String channel = operation.at("/channel/$ref").stringValue();
      for (JsonNode message : operation.get("messages")) {
        assertThat(message.get("$ref").stringValue()).startsWith(channel + "/messages/");
      }
    }
  }

  @Test
  void parts_areThoseOfAsyncApi3() {
    assertThat(DOCUMENT.get("asyncapi").stringValue()).isEqualTo("3.0.0");
    assertThat(DOCUMENT.propertyNames())
        .containsExactlyInAnyOrder(
            "asyncapi",
            "id",
            "info",
            "defaultContentType",
            "servers",
            "channels",
            "operations",
            "components");
    for (JsonNode channel : DOCUMENT.get("channels")) {
      assertThat(channel.propertyNames())
          .contains("address", "messages")
          .isSubsetOf("address", "title", "description", "parameters", "messages", "bindings");
    }
  }

  @Test
  void examples_areAsTheirSchemasSay() {
    SchemaRegistry registry = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    for (JsonNode message : DOCUMENT.at("/components/messages")) {
      for (JsonNode example : message.path("examples")) {
        String name = message.at("/payload/$ref").stringValue().replaceAll("schemas/|\\.json", "");
        byte[] schema = JsonSchemas.find(name).orElseThrow();
        String json = example.get("payload").toString();
        assertThat(
                registry
                    .getSchema(new String(schema, StandardCharsets.UTF_8))
                    .validate(json, InputFormat.JSON))
            .as(json)
            .isEmpty();
      }
    }
  }
}
