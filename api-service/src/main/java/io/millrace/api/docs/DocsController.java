package io.millrace.api.docs;

import io.millrace.api.options.ApiOptions;
import java.nio.charset.StandardCharsets;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

/** The page and the document it shows. The page names everything relative to itself. */
@RestController
final class DocsController {
  private final ObjectNode document;
  private final String page;

  DocsController(ApiOptions options) {
    this.document = OpenApiDocument.read(options.rootPath());
    this.page = new String(OpenApiDocument.resource("page.html"), StandardCharsets.UTF_8);
  }

  @GetMapping(path = "/docs", produces = MediaType.TEXT_HTML_VALUE)
  String docs() {
    return page;
  }

  @GetMapping("/openapi.json")
  ObjectNode openApi() {
    return document;
  }
}
