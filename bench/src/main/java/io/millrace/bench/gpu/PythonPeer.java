package io.millrace.bench.gpu;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The peer that a decoder is compared with: PyTorch from Python, where that is installed, in a
 * process of its own.
 *
 * @param command such as {@code python3}
 */
record PythonPeer(String command) {
  private static final Logger log = LoggerFactory.getLogger(PythonPeer.class);
  private static final String SCRIPT = "generate.py";
  private static final JsonMapper JSON = JsonMapper.shared();

  /** How long starting Python with PyTorch may take. */
  private static final Duration START = Duration.ofSeconds(60);

  /** How much longer than asked for it may take, as compiling is not interrupted. */
  private static final Duration GRACE = Duration.ofSeconds(10);

  /**
   * The speed of one way of computing.
   *
   * @param how by which version of PyTorch, and in which of its ways
   */
  record Result(String shape, String what, int batch, double tokensPerSecond, String how) {}

  /** The version of PyTorch that it has; empty without Python or PyTorch. */
  Optional<String> version() {
    try {
      Process process =
          new ProcessBuilder(command, "-c", "import torch; print(torch.__version__)")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      try {
        if (!process.waitFor(START.toMillis(), TimeUnit.MILLISECONDS) || process.exitValue() != 0) {
          return Optional.empty();
        }
        return Optional.of(text(process.getInputStream()).strip());
      } finally {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /**
   * Measures what fits in a time.
   *
   * @param order what the script wants to know, but for the time
   */
  List<Result> measure(Map<String, Object> order, Duration time) {
    Path told = null;
    try {
      told = Files.createTempFile("gpu-check", ".jsonl");
      Path script = Files.createTempFile("generate", ".py");
      try {
        Files.writeString(script, script());
        run(script, told, order, time);
      } finally {
        Files.delete(script);
      }
      return results(told);
    } catch (IOException e) {
      throw new UncheckedIOException("Python cannot be run", e);
    } finally {
      delete(told);
    }
  }

  private void run(Path script, Path told, Map<String, Object> order, Duration time)
      throws IOException {
    Process process =
        new ProcessBuilder(command, script.toString())
            .redirectOutput(told.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (OutputStream in = process.getOutputStream()) {
      in.write(JSON.writeValueAsBytes(order));
    }
    try {
      if (!process.waitFor(time.plus(GRACE).toMillis(), TimeUnit.MILLISECONDS)) {
        log.warn("Python is stopped after {} s", time.plus(GRACE).toSeconds());
      } else if (process.exitValue() != 0) {
        log.warn("Python ended with {}", process.exitValue());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  /** What was told; a last line may be cut off. */
  private static List<Result> results(Path told) throws IOException {
    List<Result> results = new ArrayList<>();
    try (BufferedReader lines = Files.newBufferedReader(told)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        try {
          JsonNode node = JSON.readTree(line);
          results.add(
              new Result(
                  node.path("shape").asString(),
                  node.path("what").asString(),
                  node.path("batch").asInt(),
                  node.path("tokens_per_second").asDouble(),
                  node.path("how").asString()));
        } catch (JacksonException e) {
          log.debug("no result: {}", line, e);
        }
      }
    }
    return results;
  }

  private static String script() throws IOException {
    try (InputStream in = PythonPeer.class.getResourceAsStream(SCRIPT)) {
      if (in == null) {
        throw new IllegalStateException(SCRIPT + " is not on the class path");
      }
      return text(in);
    }
  }

  private static String text(InputStream in) throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
  }

  private static void delete(@Nullable Path file) {
    try {
      if (file != null) {
        Files.delete(file);
      }
    } catch (IOException e) {
      log.debug("{} is left behind", file, e);
    }
  }
}
