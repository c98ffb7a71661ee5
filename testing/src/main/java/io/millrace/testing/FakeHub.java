package io.millrace.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The hub's protocol on 127.0.0.1: one server for descriptions and small files, a second one, on
 * another port, for the contents of large ones.
 */
public final class FakeHub implements AutoCloseable {
  public static final String REPOSITORY = "acme/tiny";
  public static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

  /** What one answer does differently. */
  public interface Fault {
    /** Whether it answered in place of the server. */
    boolean handle(HttpExchange exchange, byte[] content) throws IOException;
  }

  /** A request as it came. */
  public record Seen(
      String server, String method, String path, @Nullable String token, @Nullable String range) {}

  private record Content(byte[] bytes, boolean large) {}

  private final Map<String, Content> files = new ConcurrentHashMap<>();
  private final Map<String, Queue<Fault>> faults = new ConcurrentHashMap<>();
  public final List<Seen> seen = new CopyOnWriteArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer hub = server("hub");
  private final HttpServer contents = server("contents");

  private HttpServer server(String name) {
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.setExecutor(threads);
      server.createContext("/", exchange -> handle(name, exchange));
      server.start();
      return server;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What {@code HF_ENDPOINT} names. */
  public URI endpoint() {
    return uri(hub, "");
  }

  private static URI uri(HttpServer server, String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  /** Publishes a file that the hub gives out itself. */
  public FakeHub small(String name, String text) {
    files.put(name, new Content(text.getBytes(StandardCharsets.UTF_8), false));
    return this;
  }

  /** Publishes a file that the hub redirects for. */
  public FakeHub large(String name, byte[] bytes) {
    files.put(name, new Content(bytes, true));
    return this;
  }

  /** Takes a file back. */
  public FakeHub without(String name) {
    files.remove(name);
    return this;
  }

  /** The next request whose path ends so is answered by this. */
  public FakeHub fault(String pathEnd, Fault fault) {
    faults.computeIfAbsent(pathEnd, key -> new ConcurrentLinkedQueue<>()).add(fault);
    return this;
  }

  /** Answers with a status and headers, each as name and value. */
  public static Fault status(int status, String... headers) {
    return (exchange, content) -> {
      for (int i = 0; i < headers.length; i += 2) {
        exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
      }
      exchange.sendResponseHeaders(status, -1);
      exchange.close();
      return true;
    };
  }

  /** Announces everything, sends so many bytes, and hangs up. */
  public static Fault cutAfter(int bytes) {
    return (exchange, content) -> {
      int from = from(exchange);
      exchange.sendResponseHeaders(from > 0 ? 206 : 200, content.length - from);
      OutputStream out = exchange.getResponseBody();
      out.write(content, from, Math.min(bytes, content.length - from));
      out.flush();
      exchange.close();
      return true;
    };
  }

  /** Changes a bit of the content. */
  public static Fault corrupt() {
    return (exchange, content) -> {
      byte[] changed = content.clone();
      changed[changed.length / 2] ^= 1;
      send(exchange, changed);
      return true;
    };
  }

  /** Sends blanks until nobody reads them. */
  public static Fault endless() {
    return (exchange, content) -> {
      exchange.sendResponseHeaders(200, 0);
      byte[] blanks = " ".repeat(1 << 16).getBytes(StandardCharsets.US_ASCII);
      try (OutputStream out = exchange.getResponseBody()) {
        while (true) {
          out.write(blanks);
        }
      } catch (IOException e) {
        return true;
      }
    };
  }

  /** The hash of a published file. */
  public String etag(String name) {
    Content content = Objects.requireNonNull(files.get(name));
    return content.large
        ? hash("SHA-256", content.bytes)
        : hash("SHA-1", ("blob " + content.bytes.length + "\0").getBytes(), content.bytes);
  }

  /** The hash by which large contents are named, in hexadecimal. */
  static String sha256(byte[] content) {
    return hash("SHA-256", content);
  }

  private static String hash(String algorithm, byte[]... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance(algorithm);
      Arrays.stream(parts).forEach(digest::update);
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private void handle(String server, HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    seen.add(
        new Seen(
            server,
            exchange.getRequestMethod(),
            path,
            exchange.getRequestHeaders().getFirst("Authorization"),
            exchange.getRequestHeaders().getFirst("Range")));
    byte[] content = content(path);
    if (!faulty(server, path, exchange, content)) {
      if (path.startsWith("/api/models/")) {
        describeRepository(path, exchange);
      } else if (server.equals("contents")) {
        send(exchange, content);
      } else {
        resolve(path, exchange);
      }
    }
    exchange.close();
  }

  private boolean faulty(String server, String path, HttpExchange exchange, byte[] content)
      throws IOException {
    for (Map.Entry<String, Queue<Fault>> entry : faults.entrySet()) {
      if ((server + " " + exchange.getRequestMethod() + " " + path).endsWith(entry.getKey())) {
        Fault fault = entry.getValue().poll();
        return fault != null && fault.handle(exchange, content);
      }
    }
    return false;
  }

  private byte[] content(String path) {
    return files.entrySet().stream()
        .filter(file -> path.endsWith("/" + file.getKey()))
        .map(file -> file.getValue().bytes)
        .findFirst()
        .orElse(new byte[0]);
  }

  private void describeRepository(String path, HttpExchange exchange) throws IOException {
    if (!path.startsWith("/api/models/" + REPOSITORY + "/revision/")) {
      exchange.getResponseHeaders().set("X-Error-Code", "RepoNotFound");
      exchange.sendResponseHeaders(404, -1);
      return;
    }
    ObjectNode answer =
        JsonMapper.shared().createObjectNode().put("id", REPOSITORY).put("sha", COMMIT);
    var siblings = answer.putArray("siblings");
    files.keySet().stream().sorted().forEach(name -> siblings.addObject().put("rfilename", name));
    send(exchange, answer.toString().getBytes(StandardCharsets.UTF_8));
  }

  private void resolve(String path, HttpExchange exchange) throws IOException {
    String name = path.replaceFirst("^/" + REPOSITORY + "/resolve/(main|" + COMMIT + ")/", "");
    Content content = files.get(name);
    if (content == null) {
      exchange.getResponseHeaders().set("X-Error-Code", "EntryNotFound");
      exchange.sendResponseHeaders(404, -1);
      return;
    }
    exchange.getResponseHeaders().set("X-Repo-Commit", COMMIT);
    if (content.large) {
      exchange.getResponseHeaders().set("X-Linked-Etag", "\"" + etag(name) + "\"");
      exchange.getResponseHeaders().set("X-Linked-Size", "" + content.bytes.length);
      exchange.getResponseHeaders().set("Location", uri(contents, "/blobs/" + name).toString());
      exchange.sendResponseHeaders(302, -1);
    } else {
      exchange.getResponseHeaders().set("ETag", "\"" + etag(name) + "\"");
      send(exchange, content.bytes);
    }
  }

  private static int from(HttpExchange exchange) {
    String range = exchange.getRequestHeaders().getFirst("Range");
    return range == null ? 0 : Integer.parseInt(range.replaceAll("[^0-9]", ""));
  }

  private static void send(HttpExchange exchange, byte[] content) throws IOException {
    int from = from(exchange);
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", "" + content.length);
      exchange.sendResponseHeaders(200, -1);
      return;
    }
    if (from >= content.length && from > 0) {
      exchange.sendResponseHeaders(416, -1);
      return;
    }
    long length = content.length - from;
    exchange.sendResponseHeaders(from > 0 ? 206 : 200, length == 0 ? -1 : length);
    if (length > 0) {
      exchange.getResponseBody().write(content, from, (int) length);
    }
  }

  @Override
  public void close() {
    hub.stop(0);
    contents.stop(0);
    threads.shutdownNow();
  }
}
