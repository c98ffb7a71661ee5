package io.millrace.standalone;

import static java.nio.file.StandardCopyOption.COPY_ATTRIBUTES;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The folder of the sources that these tests were built from. */
final class Checkout {
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

  private Checkout() {}

  static Path file(String name) {
    return ROOT.resolve(name);
  }

  static List<String> lines(String file) throws IOException {
    return Files.readAllLines(ROOT.resolve(file));
  }

  /** Copies a file or a folder of files, permissions too, and says where it is now. */
  static Path copy(String name, Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(ROOT.resolve(name))) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.copy(file, folder.resolve(ROOT.relativize(file).toString()), COPY_ATTRIBUTES);
      }
    }
    return folder.resolve(name);
  }
}
