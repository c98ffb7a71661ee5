package io.millrace.standalone.jobs;

import io.millrace.cli.StartFailure;
import io.millrace.standalone.client.ApiServer;
import java.net.http.HttpRequest.BodyPublishers;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** The flags that say which api is asked, and the way there. */
final class ApiClient {
  @Option(
      names = {"--url", "--base-url"},
      paramLabel = "URL",
      defaultValue = "http://127.0.0.1:8000",
      description = "Where an api is, without /v1 (default: ${DEFAULT-VALUE}).")
  private String url = "http://127.0.0.1:8000";

  @Option(names = "--api-key", paramLabel = "KEY", description = "The api's key, if it wants one.")
  private @Nullable String apiKey;

  @Option(names = "--json", description = "Print what the api says, as JSON.")
  private boolean json;

  /** Whether what the api says is printed as it is. */
  boolean json() {
    return json;
  }

  /**
   * Asks.
   *
   * @param path begins with a slash
   * @throws StartFailure with what the api says, if it refuses or cannot be reached
   */
  JsonNode ask(String method, String path) {
    ApiServer server = ApiServer.of(url, apiKey);
    return server.ask(server.request(path).method(method, BodyPublishers.noBody()));
  }
}
