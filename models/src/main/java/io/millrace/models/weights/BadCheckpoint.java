package io.millrace.models.weights;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A checkpoint that cannot be read: the message names the file, the part and what is wrong. */
public final class BadCheckpoint extends RuntimeException {
  private final Path file;

  /**
   * @param file the file or folder at fault
   * @param what one sentence that goes after the file's name
   */
  public BadCheckpoint(Path file, String what) {
    super(file + ": " + what);
    this.file = file;
  }

  BadCheckpoint(Path file, String what, Throwable cause) {
    super(file + ": " + what, cause);
    this.file = file;
  }

  static BadCheckpoint unreadable(Path file, IOException cause) {
    String why = cause instanceof NoSuchFileException ? "there is no such file" : "" + cause;
    return new BadCheckpoint(file, "cannot be read: " + why, cause);
  }

  /** The file or folder at fault. */
  public Path file() {
    return file;
  }
}
