package io.millrace.models.hub;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The hashes by which the hub names contents. */
final class ContentHash {
  private static final int BUFFER_BYTES = 1 << 20;
  private static final int SHA256_HEX_LENGTH = 64;
  private static final int SHA1_HEX_LENGTH = 40;

  private ContentHash() {}

  /** Whether a file has the content that its name on the hub stands for; true if it names none. */
  static boolean matches(Path file, String etag, Progress.Step progress) throws IOException {
    return switch (etag.matches("[0-9a-f]+") ? etag.length() : 0) {
      case SHA256_HEX_LENGTH -> etag.equals(HexFormat.of().formatHex(sha256(file, progress)));
      case SHA1_HEX_LENGTH -> etag.equals(HexFormat.of().formatHex(gitBlob(file, progress)));
      default -> true;
    };
  }

  static byte[] sha256(Path file, Progress.Step progress) throws IOException {
    return digest("SHA-256", "", file, progress);
  }

  /** Git's name for a file's content. */
  private static byte[] gitBlob(Path file, Progress.Step progress) throws IOException {
    return digest("SHA-1", "blob " + Files.size(file) + "\0", file, progress);
  }

  private static byte[] digest(String algorithm, String prefix, Path file, Progress.Step progress)
      throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    digest.update(prefix.getBytes(StandardCharsets.US_ASCII));
    try (InputStream in = Files.newInputStream(file)) {
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
        progress.advance(read);
      }
    }
    return digest.digest();
  }
}
