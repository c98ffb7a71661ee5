package io.millrace.api.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.protocol.JsonSchemas;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.http.ResponseEntity;
import org.springframework.web.server.ResponseStatusException;
import tools.jackson.databind.json.JsonMapper;

class SchemasControllerTest {
  private final SchemasController schemas = new SchemasController();

  @Test
  void schema_ofEveryRecord_isServed() {
    for (String name : JsonSchemas.RECORDS.keySet()) {
      ResponseEntity<byte[]> schema = schemas.schema(name);
      assertThat(schema.getHeaders().getContentType()).hasToString("application/schema+json");
      assertThat(JsonMapper.shared().readTree(schema.getBody()).path("$schema").asString())
          .isEqualTo("https://json-schema.org/draft/2020-12/schema");
    }
  }

  @Test
  void schema_ofAnythingElse_isNotThere() {
    for (String name : List.of("rumour", "../Wire", "")) {
      assertThatThrownBy(() -> schemas.schema(name))
          .isInstanceOf(ResponseStatusException.class)
          .hasMessageContaining("404");
    }
  }

  @Test
  void document_namesEverySchema() {
    List<String> named = new ArrayList<>();
    OpenApiDocument.read("")
        .at("/paths/~1schemas~1{name}.json/get/parameters/0/schema/enum")
        .forEach(name -> named.add(name.stringValue()));
    assertThat(named).containsExactlyInAnyOrderElementsOf(JsonSchemas.RECORDS.keySet());
  }
}
