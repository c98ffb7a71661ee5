package io.millrace.models.hub;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * A Python wheel: a zip whose {@code RECORD} names the hash of each file.
 *
 * @see <a href="https://packaging.python.org/en/latest/specifications/binary-distribution-format/">
 *     the format</a>
 */
final class Wheel {
  private static final String HASH = "sha256=";
  private static final int FIELDS = 3;

  private final Path path;

  Wheel(Path path) {
    this.path = path;
  }

  /**
   * Takes out the one file whose name ends so. The target appears only when it is whole and has the
   * hash that the wheel records.
   */
  void extract(String suffix, Path target) throws IOException {
    Files.createDirectories(target.getParent());
    Path part = target.resolveSibling(target.getFileName() + ".incomplete");
    try (ZipFile zip = new ZipFile(path.toFile())) {
      ZipEntry entry =
          only(zip, suffix)
              .orElseThrow(() -> new IOException(path.getFileName() + " holds no " + suffix));
      try (InputStream in = zip.getInputStream(entry)) {
        Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
      }
      if (!Arrays.equals(recorded(zip, entry), ContentHash.sha256(part, Progress.NOWHERE))) {
        throw new IOException(entry.getName() + " in " + path.getFileName() + " is damaged");
      }
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private static Optional<? extends ZipEntry> only(ZipFile zip, String suffix) {
    return zip.stream().filter(entry -> entry.getName().endsWith(suffix)).findFirst();
  }

  private byte[] recorded(ZipFile zip, ZipEntry entry) throws IOException {
    ZipEntry record =
        only(zip, ".dist-info/RECORD")
            .orElseThrow(() -> new IOException(path.getFileName() + " is no wheel: no RECORD"));
    String lines = new String(zip.getInputStream(record).readAllBytes(), StandardCharsets.UTF_8);
    return lines
        .lines()
        .map(line -> line.split(","))
        .filter(fields -> fields.length == FIELDS && fields[0].equals(entry.getName()))
        .filter(fields -> fields[1].startsWith(HASH))
        .map(fields -> Base64.getUrlDecoder().decode(fields[1].substring(HASH.length())))
        .findFirst()
        .orElseThrow(() -> new IOException(entry.getName() + " has no hash in its wheel"));
  }
}
