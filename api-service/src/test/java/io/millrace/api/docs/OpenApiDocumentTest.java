package io.millrace.api.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.api.body.Endpoint;
import io.millrace.protocol.UnsupportedFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class OpenApiDocumentTest {
  private final ObjectNode document = OpenApiDocument.read("/llm");

  @Test
  void references_leadSomewhere() {
    List<String> references = new ArrayList<>();
    collect(document, references);

    assertThat(references).hasSizeGreaterThan(30);
    assertThat(references)
        .allSatisfy(
            reference ->
                assertThat(document.at(reference.substring(1)).isMissingNode())
                    .as(reference)
                    .isFalse());
  }

  @Test
  void operations_haveAnIdAndResponses() {
    List<String> ids = new ArrayList<>();
    for (JsonNode path : document.get("paths")) {
      for (JsonNode operation : path) {
        ids.add(operation.get("operationId").stringValue());
        assertThat(operation.get("responses").isEmpty()).isFalse();
        assertThat(operation.get("summary").stringValue()).isNotBlank();
      }
    }
    assertThat(ids).doesNotHaveDuplicates().contains("completion", "chat", "engineCheck");
  }

  @Test
  void operationsThatStream_canBeGoneOnWith() {
    for (JsonNode path : document.get("paths")) {
      JsonNode post = path.path("post");
      boolean streams = post.at("/responses/200/content").has("text/event-stream");
      assertThat(post.at("/parameters/0/$ref").asString("").endsWith("/LastEventId"))
          .as(post.path("operationId").asString())
          .isEqualTo(streams);
      if (streams) {
        assertThat(post.at("/responses/200/headers").has("Last-Event-ID")).isTrue();
        assertThat(post.at("/responses/200/content/text~1event-stream/example").stringValue())
            .startsWith("id: ");
        assertThat(post.get("responses").has("410")).isTrue();
      }
    }
  }

  @Test
  void server_isTheRootPath() {
    assertThat(document.at("/servers/0/url").stringValue()).isEqualTo("/llm");
    assertThat(OpenApiDocument.read("").at("/servers/0/url").stringValue()).isEqualTo("/");
  }

  @ParameterizedTest
  @EnumSource
  void fields_areThoseThatTheEndpointObeys(Endpoint endpoint) {
    Set<String> documented = new TreeSet<>();
    collectFields(
        document
            .get("paths")
            .get(endpoint.path())
            .at("/post/requestBody/content/application~1json/schema"),
        documented);
    documented.removeAll(UnsupportedFields.HINTS);

    assertThat(documented).containsExactlyElementsOf(endpoint.obeyed());
  }

  @Test
  void fields_areDescribed() {
    List<String> mute = new ArrayList<>();
    collectMute(document.get("components").get("schemas"), "", mute);
    assertThat(mute).isEmpty();
  }

  /** The fields that neither describe themselves nor refer to what does. */
  private void collectMute(JsonNode node, String path, List<String> mute) {
    for (var field : node.path("properties").properties()) {
      JsonNode told = field.getValue();
      if (told.has("$ref")) {
        told = document.at(told.get("$ref").stringValue().substring(1));
      }
      if (!told.isObject() || told.path("description").asString("").isBlank()) {
        mute.add(path + "/" + field.getKey());
      }
    }
    for (var child : node.properties()) {
      if (!child.getKey().equals("examples")) {
        collectMute(child.getValue(), path + "/" + child.getKey(), mute);
      }
    }
    for (int i = 0; node.isArray() && i < node.size(); i++) {
      collectMute(node.get(i), path + "/" + i, mute);
    }
  }

  @ParameterizedTest
  @EnumSource
  void examples_areAnsweredAsTheySay(Endpoint endpoint) {
    JsonNode examples =
        document
            .get("paths")
            .get(endpoint.path())
            .at("/post/requestBody/content/application~1json/examples");
    assertThat(examples).isNotEmpty();
    for (JsonNode example : examples) {
      JsonNode body = example.get("value");
      assertThat(endpoint.obeyed()).containsAll(body.propertyNames());
      if (endpoint.obeyed().contains("temperature")) {
        assertThat(body.path("temperature").asDouble(0)).isBetween(0.1, 1.0);
      }
    }
  }

  private void collectFields(JsonNode schema, Set<String> fields) {
    fields.addAll(schema.path("properties").propertyNames());
    schema.path("allOf").forEach(part -> collectFields(part, fields));
    if (schema.has("$ref")) {
      collectFields(document.at(schema.get("$ref").stringValue().substring(1)), fields);
    }
  }

  private static void collect(JsonNode node, List<String> references) {
    JsonNode reference = node.get("$ref");
    if (reference != null) {
      references.add(reference.stringValue());
    }
    node.forEach(child -> collect(child, references));
  }
}
