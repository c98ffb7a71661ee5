package io.millrace.standalone;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.springframework.util.FileSystemUtils;

/**
 * One api for all test classes of a JVM that need no other flags, since a start costs seconds. Each
 * test says what the worker answers. It ends with the JVM.
 */
final class SharedApi {
  private static final ServedApi API = start();

  private SharedApi() {}

  static ServedApi get() {
    return API;
  }

  private static ServedApi start() {
    try {
      Path folder = Files.createTempDirectory("millrace-shared-api");
      ServedApi api = ServedApi.start(folder, 3, Duration.ofSeconds(60), "--resume-timeout=100ms");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(api, folder)));
      return api;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void stop(ServedApi api, Path folder) {
    try {
      api.close();
      FileSystemUtils.deleteRecursively(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
