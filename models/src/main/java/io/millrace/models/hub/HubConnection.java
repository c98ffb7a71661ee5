package io.millrace.models.hub;

import java.io.IOException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * HTTP requests to the hub and to the hosts it redirects to; the token goes to the hub alone. Made
 * with {@link HttpURLConnection}, whose read timeout also ends bodies that stall half-way.
 */
final class HubConnection {
  private static final int PERMANENT_REDIRECT = 308;
  private static final int TEMPORARY_REDIRECT = 307;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int FIRST_SERVER_ERROR = 500;
  private static final Set<Integer> REDIRECTS =
      Set.of(301, 302, 303, TEMPORARY_REDIRECT, PERMANENT_REDIRECT);
  private static final int MAX_REDIRECTS = 5;

  private final HubSettings settings;

  HubConnection(HubSettings settings) {
    this.settings = settings;
  }

  /** Asks for a file's description, at the address that knows it. */
  HttpURLConnection head(URI uri) throws IOException {
    return follow("HEAD", uri, 0);
  }

  /** Asks for content from a byte on. */
  HttpURLConnection get(URI uri, long from) throws IOException {
    return follow("GET", uri, from);
  }

  private HttpURLConnection follow(String method, URI uri, long from) throws IOException {
    URI at = uri;
    for (int redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      HttpURLConnection connection = open(method, at, from);
      URI next = redirect(connection, at);
      if (next == null || method.equals("HEAD") && describesFile(connection)) {
        return connection;
      }
      connection.disconnect();
      at = next;
    }
    throw new HubFailure(uri + " redirects more than " + MAX_REDIRECTS + " times", null);
  }

  /** A large file's description comes with the redirect to where its content is. */
  private static boolean describesFile(HttpURLConnection connection) {
    return connection.getHeaderField("X-Linked-Etag") != null;
  }

  /** Where an answer points to, or null if it is no redirect. */
  private static @Nullable URI redirect(HttpURLConnection connection, URI at) throws IOException {
    String location = connection.getHeaderField("Location");
    if (!REDIRECTS.contains(connection.getResponseCode()) || location == null) {
      return null;
    }
    try {
      return at.resolve(location);
    } catch (IllegalArgumentException e) {
      throw new HubFailure(at + " redirects to what is no URL: " + location, null);
    }
  }

  private HttpURLConnection open(String method, URI uri, long from) throws IOException {
    if (!"http".equals(uri.getScheme()) && !"https".equals(uri.getScheme())) {
      throw new HubFailure(uri + " is not an HTTP address", null);
    }
    HttpURLConnection connection =
        (HttpURLConnection) uri.toURL().openConnection(settings.proxies().of(uri));
    connection.setRequestMethod(method);
    connection.setInstanceFollowRedirects(false);
    connection.setConnectTimeout((int) settings.timeout().toMillis());
    connection.setReadTimeout((int) settings.timeout().toMillis());
    connection.setRequestProperty("User-Agent", "millrace");
    connection.setRequestProperty("Accept-Encoding", "identity");
    if (from > 0) {
      connection.setRequestProperty("Range", "bytes=" + from + "-");
    }
    if (settings.token() != null && isHub(uri)) {
      connection.setRequestProperty("Authorization", "Bearer " + settings.token());
    }
    refuseTransient(connection);
    return connection;
  }

  private boolean isHub(URI uri) {
    URI hub = settings.endpoint();
    return hub.getScheme().equals(uri.getScheme())
        && hub.getRawAuthority().equals(uri.getRawAuthority());
  }

  private static void refuseTransient(HttpURLConnection connection) throws IOException {
    int status = connection.getResponseCode();
    if (status == TOO_MANY_REQUESTS || status >= FIRST_SERVER_ERROR) {
      String said = connection.getHeaderField("Retry-After");
      throw new Retries.Transient(
          connection.getURL().getHost() + " answers " + status, retryAfter(said));
    }
  }

  /** Seconds or a date, as RFC 9110 section 10.2.3 allows; zero for anything else. */
  static Duration retryAfter(@Nullable String value) {
    if (value == null) {
      return Duration.ZERO;
    }
    if (value.matches("[0-9]{1,9}")) {
      return Duration.ofSeconds(Long.parseLong(value));
    }
    try {
      ZonedDateTime at = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME);
      Duration wait = Duration.between(ZonedDateTime.now(at.getZone()), at);
      return wait.isNegative() ? Duration.ZERO : wait;
    } catch (DateTimeParseException e) {
      return Duration.ZERO;
    }
  }

  /** Why a host cannot be reached, or null if the failure is of another kind. */
  static @Nullable String unreachable(IOException failure) {
    if (failure instanceof UnknownHostException) {
      return "its name cannot be resolved";
    }
    if (failure instanceof ConnectException || failure instanceof NoRouteToHostException) {
      return String.valueOf(failure.getMessage());
    }
    if (failure instanceof SocketTimeoutException) {
      return "it does not answer in time";
    }
    return failure instanceof SSLException ? "TLS fails: " + failure.getMessage() : null;
  }
}
