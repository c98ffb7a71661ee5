package io.millrace.api.chat;

import io.millrace.api.options.ApiOptions;
import io.millrace.cli.ServedModel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.util.HtmlUtils;

/**
 * The first page: a chat. Its files name each other and the API relative to themselves, so that it
 * works under whatever prefix a proxy adds.
 */
@RestController
final class ChatPageController {
  private static final List<String> FILES =
      List.of(
          "answer.js",
          "dom.js",
          "export.js",
          "icon.svg",
          "inline.js",
          "markdown.js",
          "page.css",
          "page.js",
          "settings.js",
          "sidebar.js",
          "store.js",
          "stream.js",
          "text.css",
          "theme.js",
          "turns.js");

  private final Map<String, PageFile> files =
      FILES.stream()
          .collect(
              Collectors.toUnmodifiableMap(
                  Function.identity(), name -> PageFile.of(name, PageFile.read(name))));

  private final PageFile page;

  ChatPageController(ApiOptions options, ServedModel model) {
    // Below a root path the page may be seen without a slash at its end.
    String root = options.rootPath().isEmpty() ? "" : options.rootPath() + "/";
    String html =
        new String(PageFile.read("index.html"), StandardCharsets.UTF_8)
            .replace("{root}", root)
            .replace("{model}", HtmlUtils.htmlEscape(model.name()));
    this.page = PageFile.of("index.html", html.getBytes(StandardCharsets.UTF_8));
  }

  /** Whatever a client would rather have. */
  @GetMapping("/")
  ResponseEntity<byte[]> page() {
    return page.response();
  }

  @GetMapping("/ui/{name}")
  ResponseEntity<byte[]> file(@PathVariable String name) {
    PageFile file = files.get(name);
    if (file == null) {
      throw new ResponseStatusException(HttpStatus.NOT_FOUND);
    }
    return file.response();
  }
}
