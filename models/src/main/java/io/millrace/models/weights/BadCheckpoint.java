package io.millrace.models.weights;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A checkpoint that cannot be read: the message names the file, the part and what is wrong. */
public final class BadCheckpoint extends RuntimeException {
  /** What a pointer begins with, see git-lfs's specification. */
  static final String POINTER = "version https://git-lfs.github.com/spec/v1";

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

  /**
   * Refuses what git leaves in place of a large file that it has not fetched.
   *
   * @param beginning of the file
   */
  static void refusePointer(Path file, byte[] beginning) {
    if (new String(beginning, StandardCharsets.ISO_8859_1).startsWith(POINTER)) {
      throw new BadCheckpoint(
          file,
          "is a git-lfs pointer and not the file itself: run 'git lfs pull' in its folder, or give"
              + " the model's card so that it is downloaded");
    }
  }

  /** The file or folder at fault. */
  public Path file() {
    return file;
  }
}
