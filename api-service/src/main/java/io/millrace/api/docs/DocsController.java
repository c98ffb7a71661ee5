package io.millrace.api.docs;

import io.millrace.api.options.ApiOptions;
import io.millrace.kafka.KafkaOptions;
import io.millrace.protocol.AsyncApi;
import java.nio.charset.StandardCharsets;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

/**
 * The pages for browsers, and the document that one of them shows. They name everything relative to
 * themselves.
 */
@RestController
final class DocsController {
  private static final MediaType HTML = new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8);

  private static final MediaType YAML =
      new MediaType("application", "vnd.aai.asyncapi+yaml", StandardCharsets.UTF_8);

  private final ObjectNode document;
  private final String asyncApi;
  private final String kafkaPage;
  private final String page;

  DocsController(ApiOptions options, KafkaOptions kafka) {
    this.asyncApi = AsyncApi.yaml(kafka.topics());
    this.kafkaPage = page("kafka.html").replace("{body}", KafkaPage.body(asyncApi));
    this.document = OpenApiDocument.read(options.rootPath());
    this.page = page("page.html");
  }

  private static String page(String name) {
    return new String(OpenApiDocument.resource(name), StandardCharsets.UTF_8);
  }

  @GetMapping("/docs")
  ResponseEntity<String> docs() {
    return html(page);
  }

  @GetMapping("/docs/kafka")
  ResponseEntity<String> kafka() {
    return html(kafkaPage);
  }

  @GetMapping("/asyncapi.yaml")
  ResponseEntity<String> asyncApi() {
    return ResponseEntity.ok().contentType(YAML).body(asyncApi);
  }

  /** Whatever a client would rather have. */
  private static ResponseEntity<String> html(String text) {
    return ResponseEntity.ok().contentType(HTML).body(text);
  }

  @GetMapping("/openapi.json")
  ObjectNode openApi() {
    return document;
  }
}
