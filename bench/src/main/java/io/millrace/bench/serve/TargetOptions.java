package io.millrace.bench.serve;

import io.millrace.cli.Flags;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * The flags of the target, the server that is measured; they are those of {@code vllm bench serve}.
 */
final class TargetOptions {
  private static final TypeReference<Map<String, Object>> FIELDS = new TypeReference<>() {};

  /** The API of the server. */
  enum Backend {
    OPENAI("openai", "/v1/completions"),
    OPENAI_CHAT("openai-chat", "/v1/chat/completions");

    private final String label;
    private final String endpoint;

    Backend(String label, String endpoint) {
      this.label = label;
      this.endpoint = endpoint;
    }

    @Override
    public String toString() {
      return label;
    }
  }

  @Option(
      names = {"--backend", "--endpoint-type"},
      paramLabel = "API",
      defaultValue = "openai",
      converter = BackendConverter.class,
      description =
          "openai for /v1/completions, openai-chat for /v1/chat/completions (default:"
              + " ${DEFAULT-VALUE}).")
  private Backend backend = Backend.OPENAI;

  @Option(
      names = "--base-url",
      paramLabel = "URL",
      description = "The server, such as http://127.0.0.1:8000; instead of --host and --port.")
  private @Nullable String baseUrl;

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description = "Address of the server (default: ${DEFAULT-VALUE}).")
  private String host = "127.0.0.1";

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "8000",
      description = "Port of the server (default: ${DEFAULT-VALUE}).")
  private int port = 8000;

  @Option(
      names = "--endpoint",
      paramLabel = "PATH",
      description = "Path of the API (default: the usual one of --backend).")
  private @Nullable String endpoint;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description = "The name of the model in requests (default: the first of /v1/models).")
  private @Nullable String model;

  @Option(
      names = "--header",
      arity = "1..*",
      paramLabel = "KEY=VALUE",
      description = "Headers of each request; OPENAI_API_KEY in the environment makes one too.")
  private List<String> headers = List.of();

  @Option(
      names = "--temperature",
      paramLabel = "X",
      description = "0 for greedy (default: what the server does).")
  private @Nullable Double temperature;

  @Option(names = "--top-p", paramLabel = "X", description = "Nucleus sampling.")
  private @Nullable Double topP;

  @Option(names = "--top-k", paramLabel = "N", description = "Sampling of the likeliest tokens.")
  private @Nullable Integer topK;

  @Option(names = "--min-p", paramLabel = "X", description = "Sampling of likely tokens.")
  private @Nullable Double minP;

  @Option(
      names = "--ignore-eos",
      description =
          "Ask for answers of full length; always so with prompts of random tokens, whose answers"
              + " could end at once.")
  private boolean ignoreEos;

  @Option(
      names = "--extra-body",
      paramLabel = "JSON",
      description = "Further fields of each request; they go before all others.")
  private @Nullable String extraBody;

  /** Refuses values that no request can be made of. */
  void validate() {
    Flags.require(port >= 1 && port <= 65535, "--port", "1 to 65535", port);
    uri("");
    headers();
    extraBody();
  }

  Backend backend() {
    return backend;
  }

  /** The name of the model; null for the server's first. */
  @Nullable String model() {
    return model;
  }

  boolean ignoreEos() {
    return ignoreEos;
  }

  /** Where requests go. */
  URI endpoint() {
    return uri(endpoint == null ? backend.endpoint : endpoint);
  }

  /** A path of the server. */
  URI uri(String path) {
    String server = baseUrl == null ? "http://%s:%d".formatted(bracketed(), port) : baseUrl;
    try {
      URI uri = URI.create(server.replaceFirst("/+$", "") + path);
      if (uri.getHost() != null && String.valueOf(uri.getScheme()).startsWith("http")) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // Told below like any other address that is none.
    }
    throw Flags.refusal(
        baseUrl == null ? "--host" : "--base-url",
        "an address such as http://127.0.0.1:8000",
        baseUrl == null ? host : baseUrl,
        null);
  }

  Map<String, String> headers() {
    Map<String, String> all = new LinkedHashMap<>();
    String key = System.getenv("OPENAI_API_KEY");
    if (key != null && !key.isBlank()) {
      all.put("Authorization", "Bearer " + key);
    }
    headers.forEach(header -> add("--header", header, all));
    return all;
  }

  /** Adds a {@code KEY=VALUE} to a map. */
  static void add(String flag, String pair, Map<String, ? super String> all) {
    int equals = pair.indexOf('=');
    Flags.require(equals >= 1, flag, "KEY=VALUE", pair);
    all.put(pair.substring(0, equals).strip(), pair.substring(equals + 1).strip());
  }

  /** Sampling fields and those of {@code --extra-body}. */
  Map<String, Object> extraBody() {
    Map<String, Object> all = new LinkedHashMap<>();
    putIfGiven(all, "temperature", temperature);
    putIfGiven(all, "top_p", topP);
    putIfGiven(all, "top_k", topK);
    putIfGiven(all, "min_p", minP);
    if (extraBody != null) {
      try {
        all.putAll(JsonMapper.shared().readValue(extraBody, FIELDS));
      } catch (JacksonException e) {
        throw Flags.refusal("--extra-body", "a JSON object", extraBody, e);
      }
    }
    return all;
  }

  private static void putIfGiven(Map<String, Object> all, String key, @Nullable Object value) {
    if (value != null) {
      all.put(key, value);
    }
  }

  private String bracketed() {
    return host.contains(":") ? "[" + host.toLowerCase(Locale.ROOT) + "]" : host;
  }
}
