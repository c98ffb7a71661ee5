package io.millrace.models.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads small files of a model whole, with their sizes bounded before they are read. */
public final class BoundedFiles {
  private BoundedFiles() {}

  /**
   * A file's content.
   *
   * @throws BadCheckpoint if it is not there or larger than the limit
   */
  public static byte[] bytes(Path file, long maxBytes) {
    try {
      long size = Files.size(file);
      if (size > maxBytes) {
        throw new BadCheckpoint(file, "has %d bytes; the limit is %d".formatted(size, maxBytes));
      }
      byte[] bytes = Files.readAllBytes(file);
      BadCheckpoint.refusePointer(file, bytes);
      return bytes;
    } catch (IOException e) {
      throw BadCheckpoint.unreadable(file, e);
    }
  }

  /**
   * A file's text.
   *
   * @throws BadCheckpoint if it is not there, larger than the limit or not UTF-8
   */
  public static String text(Path file, long maxBytes) {
    byte[] bytes = bytes(file, maxBytes);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (IOException e) {
      throw BadCheckpoint.unreadable(file, e);
    }
  }
}
