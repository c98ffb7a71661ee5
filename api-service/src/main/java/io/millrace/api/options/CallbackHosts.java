package io.millrace.api.options;

import io.millrace.protocol.Excerpt;
import io.millrace.protocol.Invalid;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The hosts that may be called back. A URL is taken whose host is one of them to the letter, at
 * that port, or at the usual one of its scheme where none is named.
 *
 * @param allowed {@code HOST} or {@code HOST:PORT}
 */
public record CallbackHosts(List<String> allowed) {
  private static final String FIELD = "callback_url";

  public CallbackHosts {
    allowed = allowed.stream().map(host -> host.toLowerCase(Locale.ROOT)).toList();
  }

  /**
   * Checks a URL, if there is one.
   *
   * @throws Invalid if it may not be called
   */
  public void check(@Nullable String url) {
    if (url == null) {
      return;
    }
    if (allowed.isEmpty()) {
      throw new Invalid(
          FIELD, FIELD + " is not possible here: no host is allowed (--callback-hosts)");
    }
    URI uri = parse(url);
    String host = uri.getHost() == null ? "" : uri.getHost().toLowerCase(Locale.ROOT);
    String named = uri.getPort() < 0 ? host : host + ":" + uri.getPort();
    if (host.isEmpty() || !allowed.contains(named)) {
      throw new Invalid(
          FIELD,
          "%s names the host \"%s\", which is not allowed (--callback-hosts)"
              .formatted(FIELD, Excerpt.of(named)));
    }
  }

  private static URI parse(String url) {
    try {
      URI uri = new URI(url);
      String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
      boolean web = scheme.equals("https") || scheme.equals("http");
      if (web && uri.getRawUserInfo() == null && uri.getRawFragment() == null) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // Told below.
    }
    throw new Invalid(
        FIELD,
        "%s must be a URL of http or https without user and fragment, but is \"%s\""
            .formatted(FIELD, Excerpt.of(url)));
  }
}
