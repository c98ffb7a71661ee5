package io.millrace.models.hub;

import io.millrace.models.weights.ModelFiles;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client of the hub's HTTP API: a repository's files, and each one's size and hash. */
final class HubClient {
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int FIRST_CLIENT_ERROR = 400;

  private static final long MAX_ANSWER_BYTES = 1 << 26;
  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxDocumentLength(MAX_ANSWER_BYTES).build())
                  .build())
          .build();

  private final HubSettings settings;
  private final HubConnection connection;
  private final Retries retries;

  HubClient(HubSettings settings, HubConnection connection, Retries retries) {
    this.settings = settings;
    this.connection = connection;
    this.retries = retries;
  }

  /**
   * A repository at a commit.
   *
   * @param commit what the revision stands for now
   */
  record Repository(String commit, ModelFiles files) {}

  Repository repository(ModelCard card) throws IOException {
    URI uri = hub("/api/models/" + card.repository() + "/revision/" + escaped(card.revision()));
    JsonNode answer = retries.run("asking the hub", () -> json(card, uri));
    String commit = answer.path("sha").asString("");
    if (!commit.matches("[0-9A-Za-z]+")) {
      throw new HubFailure(settings.endpoint() + " does not speak the hub's protocol", null);
    }
    List<String> names = new ArrayList<>();
    answer.path("siblings").forEach(file -> names.add(file.path("rfilename").asString("")));
    return new Repository(commit, new ModelFiles(names));
  }

  RemoteFile file(ModelCard card, String commit, String name) throws IOException {
    URI uri = hub("/" + card.repository() + "/resolve/" + commit + "/" + escapedPath(name));
    return retries.run("asking the hub for " + name, () -> describe(card, name, uri));
  }

  private JsonNode json(ModelCard card, URI uri) throws IOException {
    HttpURLConnection answer = reach(() -> connection.get(uri, 0));
    check(card, null, answer);
    try (InputStream body = answer.getInputStream()) {
      return JSON.readTree(body);
    } catch (JacksonException e) {
      throw new HubFailure(
          settings.endpoint() + " does not answer with JSON: " + e.getOriginalMessage(), null);
    }
  }

  private RemoteFile describe(ModelCard card, String name, URI uri) throws IOException {
    HttpURLConnection answer = reach(() -> connection.head(uri));
    check(card, name, answer);
    String etag = header(answer, "X-Linked-Etag", "ETag");
    String size = header(answer, "X-Linked-Size", "Content-Length");
    if (etag == null || size == null || !size.matches("[0-9]{1,18}")) {
      throw new HubFailure("the hub does not say how large " + name + " is, or its hash", null);
    }
    String hash = etag.replaceFirst("^W/", "").replace("\"", "");
    return new RemoteFile(name, hash, Long.parseLong(size), uri);
  }

  /** A hub that is out of reach is not waited for: there may be another way to the model. */
  private HttpURLConnection reach(Retries.Attempt<HttpURLConnection> request) throws IOException {
    try {
      return request.run();
    } catch (IOException e) {
      String why = HubConnection.unreachable(e);
      if (why != null) {
        throw new HubFailure(
            "cannot be reached: " + why,
            "check the connection, or name another hub with HF_ENDPOINT");
      }
      throw e;
    }
  }

  private void check(ModelCard card, @Nullable String file, HttpURLConnection answer)
      throws IOException {
    int status = answer.getResponseCode();
    if (status < FIRST_CLIENT_ERROR) {
      return;
    }
    String code = String.valueOf(answer.getHeaderField("X-Error-Code"));
    String page = settings.endpoint() + "/" + card.repository();
    if (code.equals("GatedRepo")) {
      throw new HubFailure(
          card.repository() + " asks for its terms to be accepted (" + status + ")",
          "accept them at " + page + " and set HF_TOKEN to a token of that account");
    }
    if (status == UNAUTHORIZED || status == FORBIDDEN) {
      throw refused(card, status);
    }
    if (status == NOT_FOUND) {
      throw missing(card, file, code);
    }
    throw new HubFailure("the hub answers " + status, null);
  }

  private HubFailure refused(ModelCard card, int status) {
    return settings.token() == null
        ? new HubFailure(
            card.repository() + " does not exist or is private (" + status + ")",
            "check the name, or set HF_TOKEN to a token that may read it")
        : new HubFailure(
            "HF_TOKEN may not read " + card.repository() + " (" + status + ")",
            "check the name, and set HF_TOKEN to a token that may read it");
  }

  private static HubFailure missing(ModelCard card, @Nullable String file, String code) {
    if (file != null) {
      return new HubFailure("there is no " + file + " in " + card + " (404)", null);
    }
    return code.equals("RevisionNotFound")
        ? new HubFailure(card.repository() + " has no revision " + card.revision() + " (404)", null)
        : new HubFailure("there is no model " + card + " (404)", "check the name");
  }

  private URI hub(String path) {
    return URI.create(settings.endpoint() + path);
  }

  private static String escapedPath(String name) {
    return escaped(name).replace("%2F", "/");
  }

  private static String escaped(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static @Nullable String header(HttpURLConnection answer, String name, String other) {
    String value = answer.getHeaderField(name);
    return value != null ? value : answer.getHeaderField(other);
  }
}
