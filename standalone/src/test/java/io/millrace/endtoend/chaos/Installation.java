package io.millrace.endtoend.chaos;

import io.millrace.testing.TinyCheckpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;

/** Broker, apis and workers, each a process of its own, at addresses that they keep. */
final class Installation implements AutoCloseable {
  static final String MODEL = "tiny";

  /** Below those that the system gives to connections, which would take them in between. */
  private static final int FIRST_PORT = 20_000;

  private static final int PORTS = 10_000;
  private static final int POSITIONS = 2048;

  private final List<Member> members = new ArrayList<>();
  private final List<URI> apis;
  private final String bootstrapServers;

  /** Lays it out; nothing runs before {@link #start}. */
  Installation(ChaosOptions options, Tally tally) throws Exception {
    Path folder = Files.createDirectories(options.folder());
    Path model = folder.resolve("model");
    TinyCheckpoint.llama().withMaxPositions(POSITIONS).writeTo(model);
    int[] ports = freePorts(1 + options.count(Role.API));
    bootstrapServers = "127.0.0.1:" + ports[0];
    apis =
        IntStream.range(1, ports.length)
            .mapToObj(i -> URI.create("http://127.0.0.1:" + ports[i]))
            .toList();
    add(options, tally, Role.BROKER, 0, "broker listens", brokerArguments(folder, ports[0]));
    for (int i = 0; i < apis.size(); i++) {
      add(options, tally, Role.API, i, "listening on", apiArguments(ports[i + 1]));
    }
    for (int i = 0; i < options.count(Role.WORKER); i++) {
      add(options, tally, Role.WORKER, i, "takes requests", workerArguments(i, model));
    }
  }

  private void add(
      ChaosOptions options, Tally tally, Role role, int number, String ready, String... arguments) {
    String name = role.label() + "-" + number;
    members.add(
        new Member(
            role,
            name,
            options.folder().resolve(name + ".log"),
            code -> tally.crashed(name, code),
            ready,
            arguments));
  }

  private static String[] brokerArguments(Path folder, int port) {
    return new String[] {
      "broker", "--broker-port=" + port, "--data-dir=" + folder.resolve("kafka")
    };
  }

  /** An api that stops soon cuts its streams. */
  private String[] apiArguments(int port) {
    return new String[] {
      "api",
      "--port=" + port,
      "--model-name=" + MODEL,
      "--shutdown-timeout=500ms",
      "--resume-timeout=20s",
      "--bootstrap-servers=" + bootstrapServers
    };
  }

  /** A worker that stops soon hands back what it has begun. */
  private String[] workerArguments(int number, Path model) {
    return new String[] {
      "worker",
      "--worker-name=worker-" + number,
      "--model=" + model,
      "--model-name=" + MODEL,
      "--dtype=fp32",
      "--threads=1",
      "--max-batch-size=4",
      "--reserved-slots=1",
      "--kv-cache-memory=64m",
      "--drain-timeout=500ms",
      "--bootstrap-servers=" + bootstrapServers
    };
  }

  /** Starts all of it. */
  void start() throws Exception {
    members.get(0).start();
    CompletableFuture.allOf(
            members.stream()
                .skip(1)
                .map(member -> CompletableFuture.runAsync(() -> started(member)))
                .toArray(CompletableFuture<?>[]::new))
        .join();
  }

  private static void started(Member member) {
    try {
      member.start();
    } catch (Exception e) {
      throw new CompletionException(e);
    }
  }

  private static int[] freePorts(int count) {
    return new Random()
        .ints(FIRST_PORT, FIRST_PORT + PORTS)
        .distinct()
        .filter(Installation::isFree)
        .limit(count)
        .toArray();
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException taken) {
      return false;
    }
  }

  List<Member> members(Role role) {
    return members.stream().filter(member -> member.role() == role).toList();
  }

  /** Where each api is, whether it is up or not. */
  List<URI> apis() {
    return apis;
  }

  String bootstrapServers() {
    return bootstrapServers;
  }

  @Override
  public void close() {
    members.forEach(Member::close);
  }
}
