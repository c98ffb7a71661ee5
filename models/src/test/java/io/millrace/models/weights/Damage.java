package io.millrace.models.weights;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A checkpoint with one thing wrong.
 *
 * @param message what the error must say
 */
record Damage(String what, String message, Writing writing) {
  /** Writes the checkpoint into an empty folder. */
  interface Writing {
    void into(Path folder) throws IOException;
  }

  @Override
  public String toString() {
    return what;
  }
}
