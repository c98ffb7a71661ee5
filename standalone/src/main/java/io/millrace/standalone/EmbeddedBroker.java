package io.millrace.standalone;

import io.millrace.cli.StartFailure;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.internals.Exit;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;

/**
 * A Kafka broker within this JVM: one node that is broker and KRaft controller, listens on
 * 127.0.0.1 only, and keeps its data in a folder that survives restarts.
 */
public final class EmbeddedBroker implements AutoCloseable {
  static final String HOST = "127.0.0.1";
  private static final String CONTROLLER = "CONTROLLER";

  private final int port;
  private final KafkaRaftServer server;
  private final CompletableFuture<String> failure;

  private EmbeddedBroker(int port, KafkaRaftServer server, CompletableFuture<String> failure) {
    this.port = port;
    this.server = server;
    this.failure = failure;
  }

  /**
   * Starts a broker and returns when it serves.
   *
   * @param folder where its data is; created when missing
   * @param port where clients reach it; 0 for any free one
   * @throws StartFailure if the port or the folder is in use, or the folder cannot be written
   */
  public static EmbeddedBroker start(Path folder, int port) {
    return start(folder, port, Map.of());
  }

  /** The same with features at other levels than this version of Kafka has, in a new folder. */
  static EmbeddedBroker start(Path folder, int port, Map<String, Short> features) {
    return start(folder, port, features, settings -> {});
  }

  /** The same with settings that are changed before it starts, such as by more listeners. */
  static EmbeddedBroker start(
      Path folder, int port, Map<String, Short> features, Consumer<Properties> change) {
    int clientPort = freePort(port);
    CompletableFuture<String> failure = new CompletableFuture<>();
    KafkaRaftServer server = null;
    try {
      Files.createDirectories(folder);
      refuseWhileInUse(folder);
      surviveExit(failure);
      format(folder, features);
      var settings = EmbeddedBrokerSettings.of(folder, HOST, clientPort, freePort(0), CONTROLLER);
      change.accept(settings);
      server = new KafkaRaftServer(KafkaConfig.fromProps(settings, false), Time.SYSTEM);
      server.startup();
      return new EmbeddedBroker(clientPort, server, failure);
    } catch (StartFailure e) {
      throw e;
    } catch (Exception e) {
      if (server != null) {
        server.shutdown();
      }
      throw new StartFailure(
          "the broker cannot start in %s: %s".formatted(folder.toAbsolutePath(), reason(e)), e);
    }
  }

  /** Where clients reach it, as {@code host:port}. */
  public String bootstrapServers() {
    return HOST + ":" + port;
  }

  /** Completes with the reason when the broker has died of itself, as of a full disk. */
  public CompletionStage<String> failure() {
    return failure;
  }

  /** Stops the broker and returns when its data is on disk. */
  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
  }

  /** Kafka would find its lock taken, and fill the log with what follows from that. */
  private static void refuseWhileInUse(Path folder) throws IOException {
    Path file = folder.resolve(".lock");
    try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      if (lock != null) {
        return;
      }
    } catch (OverlappingFileLockException heldByThisProcess) {
      // Falls through to the same answer.
    }
    throw new StartFailure(
        "the data folder %s is in use by another broker".formatted(folder.toAbsolutePath()));
  }

  /**
   * Formats a new folder; features are as this version of Kafka has them, share groups included.
   */
  private static void format(Path folder, Map<String, Short> features) throws Exception {
    if (Files.exists(folder.resolve("meta.properties"))) {
      return;
    }
    Formatter formatter = new Formatter();
    features.forEach(formatter::setFeatureLevel);
    formatter
        .setPrintStream(new PrintStream(OutputStream.nullOutputStream()))
        .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
        .setNodeId(EmbeddedBrokerSettings.NODE_ID)
        .setClusterId(Uuid.randomUuid().toString())
        .setDirectories(List.of(folder.toString()))
        .setMetadataLogDirectory(folder.toString())
        .setControllerListenerName(CONTROLLER)
        .setIgnoreFormatted(true)
        .run();
  }

  /** Kafka ends the process on a fatal error; it is not alone in this one. */
  private static void surviveExit(CompletableFuture<String> failure) {
    Exit.Procedure fail =
        (status, message) -> {
          String reason = message == null ? "exit status " + status : message;
          failure.complete(reason);
          throw new IllegalStateException("the embedded broker failed: " + reason);
        };
    Exit.setExitProcedure(fail);
    Exit.setHaltProcedure(fail);
  }

  /** Kafka does not tell which port it got for port 0, so it is given one. */
  private static int freePort(int wanted) {
    try (ServerSocket socket = new ServerSocket(wanted, 1, InetAddress.getByName(HOST))) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new StartFailure(
          "the broker cannot listen on %s:%d: %s".formatted(HOST, wanted, e.getMessage()), e);
    }
  }

  private static String reason(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getClass().getSimpleName() + ": " + root.getMessage();
  }
}
