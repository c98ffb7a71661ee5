package io.millrace.models.weights;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** The files that llama.cpp's {@code gguf-split} makes of one: the first has the metadata. */
final class GgufParts {
  private static final Pattern NAME = Pattern.compile("(.*-)(\\d{5})-of-(\\d{5})\\.gguf");

  private GgufParts() {}

  /** The file to open for one of these paths: itself, or the first of the split that it is of. */
  static Path first(Path path) {
    return path.resolveSibling(first(path.getFileName().toString()));
  }

  /** The same by name alone, with or without folders. */
  static String first(String file) {
    Matcher name = NAME.matcher(file);
    return name.matches() ? part(name, 1) : file;
  }

  /** The names of all files of the split that a file is of; itself alone if it is of none. */
  static List<String> all(String file) {
    Matcher name = NAME.matcher(file);
    return name.matches()
        ? IntStream.rangeClosed(1, Integer.parseInt(name.group(3)))
            .mapToObj(number -> part(name, number))
            .toList()
        : List.of(file);
  }

  private static String part(Matcher name, int number) {
    return "%s%05d-of-%s.gguf".formatted(name.group(1), number, name.group(3));
  }

  /**
   * Opens a file and all others of its split.
   *
   * @param path as {@link #first} gives it
   */
  static List<GgufFile> open(Path path) {
    List<GgufFile> parts = new ArrayList<>();
    try {
      parts.add(GgufFile.open(path));
      GgufMetadata metadata = parts.get(0).metadata();
      long count = metadata.integer("split.count").orElse(1);
      for (int number = 2; number <= count; number++) {
        parts.add(GgufFile.open(path.resolveSibling(part(splitName(path, count), number))));
      }
      checkTotal(parts, metadata);
      return parts;
    } catch (BadCheckpoint e) {
      parts.forEach(GgufFile::close);
      throw e;
    }
  }

  private static Matcher splitName(Path path, long count) {
    Matcher name = NAME.matcher(path.getFileName().toString());
    if (!name.matches() || Integer.parseInt(name.group(3)) != count) {
      throw new BadCheckpoint(
          path,
          "is one of %d parts, but its name does not end in -00001-of-%05d.gguf"
              .formatted(count, count));
    }
    return name;
  }

  private static void checkTotal(List<GgufFile> parts, GgufMetadata metadata) {
    long held = parts.stream().mapToLong(part -> part.tensors().size()).sum();
    long expected = metadata.integer("split.tensors.count").orElse(held);
    if (held != expected) {
      throw new BadCheckpoint(
          parts.get(0).path(),
          "and its parts hold %d tensors, but it says %d".formatted(held, expected));
    }
  }
}
