package io.millrace.models.hub;

import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The proxies that {@code HTTPS_PROXY}, {@code HTTP_PROXY} and {@code NO_PROXY} name, in either
 * case, as Python's and most other clients heed them; Java's own do not. Of a proxy's URL, host and
 * port count.
 *
 * @param direct hosts, and parents of hosts, that are asked without a proxy; {@code *} is all
 */
record Proxies(@Nullable URI https, @Nullable URI http, List<String> direct) {
  static final Proxies NONE = new Proxies(null, null, List.of());

  private static final int DEFAULT_PORT = 80;

  /**
   * @throws IllegalArgumentException if a variable names no proxy
   */
  static Proxies from(Map<String, String> environment) {
    List<String> direct = new ArrayList<>();
    Arrays.stream(value(environment, "no_proxy").split(","))
        .map(host -> host.strip().toLowerCase(Locale.ROOT).replaceFirst("^\\*?\\.", ""))
        .filter(host -> !host.isEmpty())
        .forEach(direct::add);
    return new Proxies(proxy(environment, "https_proxy"), proxy(environment, "http_proxy"), direct);
  }

  private static String value(Map<String, String> environment, String name) {
    String upper = environment.getOrDefault(name.toUpperCase(Locale.ROOT), "");
    return environment.getOrDefault(name, upper).strip();
  }

  private static @Nullable URI proxy(Map<String, String> environment, String name) {
    String value = value(environment, name);
    if (value.isEmpty()) {
      return null;
    }
    try {
      URI uri = URI.create(value.contains("://") ? value : "http://" + value);
      if (uri.getHost() != null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw new IllegalArgumentException(
        name.toUpperCase(Locale.ROOT) + " must be a URL such as http://proxy:3128");
  }

  Proxy of(URI target) {
    URI proxy = "https".equals(target.getScheme()) ? https : http;
    if (proxy == null || target.getHost() == null || isDirect(target.getHost())) {
      return Proxy.NO_PROXY;
    }
    int port = proxy.getPort() < 0 ? DEFAULT_PORT : proxy.getPort();
    return new Proxy(Proxy.Type.HTTP, new InetSocketAddress(proxy.getHost(), port));
  }

  private boolean isDirect(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    return direct.stream().anyMatch(d -> d.equals("*") || name.equals(d) || name.endsWith("." + d));
  }
}
