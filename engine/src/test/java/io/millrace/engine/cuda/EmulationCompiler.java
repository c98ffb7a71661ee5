package io.millrace.engine.cuda;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** The compiler that makes C++ of kernels, for an {@link EmulatedDevice}. */
final class EmulationCompiler {
  private static final Path FOLDER = Path.of("target", "cuda-emulation");
  private static final List<String> COMMAND =
      List.of(
          "g++",
          "-std=c++17",
          "-O1",
          "-shared",
          "-fPIC",
          "-fno-strict-aliasing",
          "-U_FORTIFY_SOURCE",
          "-fno-gnu-unique",
          "-Wl,-Bsymbolic",
          "-fno-exceptions",
          "-w",
          "-x",
          "c++");

  private static final boolean THERE = isThere();

  private EmulationCompiler() {}

  /** Skips the test where there is no compiler. */
  static void assumeThere() {
    assumeTrue(THERE, "there is no g++ to compile kernels for a CPU");
  }

  /** The library of some kernels, compiled once. */
  static Path compile(KernelSource source) {
    try {
      String text = text(source);
      String name = source.fingerprint(text + COMMAND);
      Path library = FOLDER.toAbsolutePath().resolve(name + ".so");
      if (!Files.exists(library)) {
        Files.createDirectories(FOLDER);
        Path cpp = Files.createTempFile(FOLDER, "kernels", ".cpp");
        Path fresh = Files.createTempFile(FOLDER, "kernels", ".so");
        Files.writeString(cpp, text);
        List<String> command = new ArrayList<>(COMMAND);
        command.addAll(source.options());
        command.addAll(List.of("-o", fresh.toString(), cpp.toString()));
        run(command);
        Files.delete(cpp);
        Files.move(fresh, library, StandardCopyOption.ATOMIC_MOVE);
      }
      return library;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(KernelSource source) throws IOException {
    String calls =
        source.kernels().stream()
            .map(
                kernel ->
                    "extern \"C\" void invoke_%s(void** values) { emulation::call(%s, values); }%n"
                        .formatted(kernel, kernel))
            .collect(Collectors.joining());
    try (InputStream emulation = EmulationCompiler.class.getResourceAsStream("emulation.h")) {
      byte[] before = Objects.requireNonNull(emulation, "emulation.h").readAllBytes();
      // Numbered by themselves, so that messages name lines of the kernels.
      return new String(before, StandardCharsets.UTF_8)
          + "\n#line 1 \"%s\"\n".formatted(source.name())
          + source.text()
          + "\n"
          + calls;
    }
  }

  static void run(List<String> command) throws IOException {
    Path told = Files.createTempFile(FOLDER, "compiler", ".log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(told.toFile()).start();
    try {
      if (!process.waitFor(2, TimeUnit.MINUTES) || process.exitValue() != 0) {
        process.destroy();
        throw new AssertionError(Files.readString(told));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    } finally {
      Files.deleteIfExists(told);
    }
  }

  private static boolean isThere() {
    try {
      return new ProcessBuilder("g++", "--version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
