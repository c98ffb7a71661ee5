package io.millrace.api.docs;

import io.millrace.api.options.ApiOptions;
import io.millrace.cli.ServedModel;
import io.millrace.kafka.KafkaOptions;
import io.millrace.protocol.AsyncApi;
import java.nio.charset.StandardCharsets;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.HtmlUtils;
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
  private final String index;

  DocsController(ApiOptions options, ServedModel model, KafkaOptions kafka) {
    this.asyncApi = AsyncApi.yaml(kafka.topics());
    this.kafkaPage = page("kafka.html").replace("{body}", KafkaPage.body(asyncApi));
    this.document = OpenApiDocument.read(options.rootPath());
    this.page = page("page.html");
    // Below a root path the first page may be seen without a slash at its end.
    String root = options.rootPath().isEmpty() ? "" : options.rootPath() + "/";
    this.index =
        page("index.html")
            .replace("{root}", root)
            .replace("{model}", HtmlUtils.htmlEscape(model.name()));
  }

  private static String page(String name) {
    return new String(OpenApiDocument.resource(name), StandardCharsets.UTF_8);
  }

  @GetMapping("/")
  ResponseEntity<String> index() {
    return html(index);
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
