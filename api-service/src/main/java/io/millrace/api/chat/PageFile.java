package io.millrace.api.chat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.DigestUtils;

/**
 * A file of the chat page, as it is sent: with a policy that has the browser run and fetch nothing
 * that is not this server's, and a tag by which it is asked for again.
 */
record PageFile(MediaType type, byte[] content, String tag) {
  /**
   * The page needs its own files, this server's API, and nothing else. No site may show it in a
   * frame, where people could be made to click what they do not see.
   *
   * @see <a href="https://www.w3.org/TR/CSP3/">Content Security Policy</a>
   */
  static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
          + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private static final Map<String, MediaType> TYPES =
      Map.of(
          "html", new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8),
          "css", new MediaType("text", "css", StandardCharsets.UTF_8),
          "js", new MediaType("text", "javascript", StandardCharsets.UTF_8),
          "svg", MediaType.valueOf("image/svg+xml"));

  static PageFile of(String name, byte[] content) {
    MediaType type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
    if (type == null) {
      throw new IllegalArgumentException("a file of the page has no known type: " + name);
    }
    return new PageFile(type, content, '"' + DigestUtils.md5DigestAsHex(content) + '"');
  }

  /** The content of a file beside this class. */
  static byte[] read(String name) {
    try (InputStream in = PageFile.class.getResourceAsStream(name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  ResponseEntity<byte[]> response() {
    return ResponseEntity.ok()
        .contentType(type)
        .eTag(tag)
        // Kept, but asked for each time, so that a newer server's files are never mixed with these.
        .cacheControl(CacheControl.noCache())
        .header("Content-Security-Policy", POLICY)
        .header("X-Content-Type-Options", "nosniff")
        .header("Referrer-Policy", "no-referrer")
        .body(content);
  }
}
