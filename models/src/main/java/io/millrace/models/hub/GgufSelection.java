package io.millrace.models.hub;

import io.millrace.models.weights.ModelFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The choice of the files that belong to one GGUF model alone, of all that lie in a snapshot. */
final class GgufSelection {
  private GgufSelection() {}

  /**
   * The files of the model that a card names.
   *
   * @return their names; none if the card names no file, or if without them no model would be left,
   *     so that all of the snapshot is meant
   * @throws IllegalArgumentException if there are none of this name
   */
  static List<String> of(ModelCard card, Path snapshot) throws IOException {
    if (card.file() == null) {
      return List.of();
    }
    ModelFiles files = HubCache.filesOf(snapshot);
    List<String> parts =
        ModelFiles.ggufParts(card.file()).stream().filter(files.names()::contains).toList();
    if (parts.isEmpty()) {
      throw new IllegalArgumentException(
          "there is no %s of %s in the cache; there is %s"
              .formatted(card.file(), card.repository(), String.join(", ", files.ggufs())));
    }
    List<String> left = new ArrayList<>(files.names());
    left.removeAll(parts);
    ModelFiles others = new ModelFiles(left);
    return others.weights().isEmpty() && others.ggufs().isEmpty() ? List.of() : parts;
  }
}
