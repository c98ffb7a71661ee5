package io.millrace.models.hub;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A model's name on the hub: {@code org/name}, with {@code @revision} for a branch, tag or commit
 * and {@code org/name/file.gguf} for one file of a repository.
 *
 * @param file the GGUF file that is meant, or null for the model as a whole
 */
record ModelCard(String repository, String revision, @Nullable String file) {
  static final String DEFAULT_REVISION = "main";
  private static final Pattern FORM =
      Pattern.compile(
          "(?<repo>[A-Za-z0-9][\\w.-]*(/[A-Za-z0-9][\\w.-]*)?)(/(?<file>[\\w./-]+\\.gguf))?"
              + "(@(?<rev>[\\w./-]+))?");

  /** Reads a card; empty if the text can be none, such as a path. */
  static Optional<ModelCard> parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches() || text.contains("..") || form.group("repo").endsWith(".gguf")) {
      return Optional.empty();
    }
    String revision = form.group("rev");
    return Optional.of(
        new ModelCard(
            form.group("repo"),
            revision == null ? DEFAULT_REVISION : revision,
            form.group("file")));
  }

  boolean hasDefaultRevision() {
    return revision.equals(DEFAULT_REVISION);
  }

  /** As the person wrote it. */
  @Override
  public String toString() {
    return repository
        + (file == null ? "" : "/" + file)
        + (hasDefaultRevision() ? "" : "@" + revision);
  }
}
