package io.millrace.models.hub;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The address, token and cache folders of the hub, from the environment variables of Hugging Face's
 * own client.
 *
 * @param endpoint {@code HF_ENDPOINT}, without a slash at the end
 * @param token {@code HF_TOKEN}, or what {@code huggingface-cli login} left; null for none
 * @param cache {@code HF_HUB_CACHE}, else {@code HF_HOME/hub}
 * @param offline {@code HF_HUB_OFFLINE}: only the cache is asked
 * @param timeout for connecting, and for each time that nothing arrives
 * @param localModels the folder of models that do not come from the hub: {@code
 *     MILLRACE_HOME/models}
 * @see <a
 *     href="https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables">
 *     the variables</a>
 */
record HubSettings(
    URI endpoint,
    @Nullable String token,
    Path cache,
    boolean offline,
    Duration timeout,
    Proxies proxies,
    Path localModels) {
  private static final String DEFAULT_ENDPOINT = "https://huggingface.co";
  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);
  private static final Set<String> TRUE = Set.of("1", "on", "yes", "true");

  /**
   * @param environment as of {@link System#getenv()}
   * @param home the user's home folder
   * @throws IllegalArgumentException if a variable has no usable value
   */
  static HubSettings from(Map<String, String> environment, Path home) {
    Paths paths = new Paths(environment, home);
    Path caches = paths.named("XDG_CACHE_HOME", home.resolve(".cache"));
    Path hubHome = paths.named("HF_HOME", caches.resolve("huggingface"));
    Path millrace = paths.named("MILLRACE_HOME", caches.resolve("millrace"));
    return new HubSettings(
        endpoint(environment),
        token(environment, paths.named("HF_TOKEN_PATH", hubHome.resolve("token"))),
        paths.named("HF_HUB_CACHE", hubHome.resolve("hub")),
        isTrue(environment.get("HF_HUB_OFFLINE"))
            || isTrue(environment.get("TRANSFORMERS_OFFLINE")),
        timeout(environment),
        Proxies.from(environment),
        millrace.resolve("models"));
  }

  /**
   * The same for commands.
   *
   * @throws ModelNotFound if a variable has no usable value
   */
  static HubSettings required(Map<String, String> environment, Path home) {
    try {
      return from(environment, home);
    } catch (IllegalArgumentException e) {
      throw new ModelNotFound(String.valueOf(e.getMessage()), e);
    }
  }

  private static URI endpoint(Map<String, String> environment) {
    String value = environment.getOrDefault("HF_ENDPOINT", "").strip();
    String endpoint = (value.isEmpty() ? DEFAULT_ENDPOINT : value).replaceFirst("/+$", "");
    try {
      URI uri = URI.create(endpoint);
      if (uri.getHost() != null && Set.of("http", "https").contains(uri.getScheme())) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw new IllegalArgumentException(
        "HF_ENDPOINT must be a URL such as " + DEFAULT_ENDPOINT + ", but is " + value);
  }

  private static @Nullable String token(Map<String, String> environment, Path file) {
    if (isTrue(environment.get("HF_HUB_DISABLE_IMPLICIT_TOKEN"))) {
      return null;
    }
    String token =
        environment.getOrDefault(
            "HF_TOKEN", environment.getOrDefault("HUGGING_FACE_HUB_TOKEN", ""));
    if (token.isBlank()) {
      token = readIfThere(file);
    }
    return token.isBlank() ? null : token.strip();
  }

  private static String readIfThere(Path file) {
    try {
      return Files.isRegularFile(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      return "";
    }
  }

  private static Duration timeout(Map<String, String> environment) {
    String value = environment.getOrDefault("HF_HUB_DOWNLOAD_TIMEOUT", "").strip();
    if (value.isEmpty()) {
      return DEFAULT_TIMEOUT;
    }
    if (!value.matches("[1-9][0-9]{0,4}")) {
      throw new IllegalArgumentException(
          "HF_HUB_DOWNLOAD_TIMEOUT must be a number of seconds, but is " + value);
    }
    return Duration.ofSeconds(Long.parseLong(value));
  }

  /** Paths in variables; {@code ~} is the user's home there, as in Python's client. */
  private record Paths(Map<String, String> environment, Path home) {
    Path named(String name, Path otherwise) {
      String value = environment.getOrDefault(name, "").strip();
      if (value.isEmpty()) {
        return otherwise;
      }
      return value.equals("~") || value.startsWith("~/")
          ? home.resolve(value.substring(1).replaceFirst("^/+", ""))
          : Path.of(value);
    }
  }

  private static boolean isTrue(@Nullable String value) {
    return value != null && TRUE.contains(value.strip().toLowerCase(Locale.ROOT));
  }
}
