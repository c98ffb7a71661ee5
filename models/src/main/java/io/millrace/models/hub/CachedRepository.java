package io.millrace.models.hub;

import io.millrace.models.weights.ModelFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A repository of models as it lies in Hugging Face's cache, read from the disk alone.
 *
 * @param name such as {@code org/name}
 */
record CachedRepository(String name, HubCache cache) {
  private static final String PREFIX = "models--";
  private static final String INCOMPLETE = ".incomplete";
  private static final int SHORT_COMMIT = 7;

  /** The repositories of a cache, by name; none if the cache is not there. */
  static List<CachedRepository> in(Path root) throws IOException {
    return HubCache.list(root).stream()
        .filter(Files::isDirectory)
        .map(folder -> folder.getFileName().toString())
        .filter(folder -> folder.startsWith(PREFIX))
        .map(folder -> folder.substring(PREFIX.length()).replace("--", "/"))
        .filter(name -> ModelCard.parse(name).isPresent())
        .map(name -> new CachedRepository(name, new HubCache(root, name)))
        .toList();
  }

  /** What the first letters of a commit are enough for. */
  static String abbreviated(String commit) {
    return commit.length() <= SHORT_COMMIT ? commit : commit.substring(0, SHORT_COMMIT);
  }

  /** Its models, revision by revision; at least one, be it nothing but a part of a download. */
  List<CachedModel> models() throws IOException {
    List<CachedModel> models = new ArrayList<>();
    Map<String, List<String>> refs = refs();
    long incomplete = incompleteBytes();
    for (Path snapshot : cache.snapshots()) {
      String commit = snapshot.getFileName().toString();
      models.addAll(new Revision(snapshot, refs.getOrDefault(commit, List.of())).models());
    }
    boolean belongsToOne =
        models.stream().anyMatch(model -> model.state() == CachedModel.State.INCOMPLETE);
    if (models.isEmpty() || (incomplete > 0 && !belongsToOne)) {
      models.add(
          new CachedModel(
              name,
              null,
              List.of(),
              cache.folder(),
              CachedModel.Source.HUB,
              incomplete > 0 ? CachedModel.State.INCOMPLETE : CachedModel.State.NO_MODEL,
              incomplete,
              newest(incomplete > 0 ? HubCache.list(cache.blobs()) : List.of(cache.folder()))));
    }
    return models;
  }

  /** The branches and tags of each commit. */
  private Map<String, List<String>> refs() throws IOException {
    Map<String, List<String>> refs = new LinkedHashMap<>();
    for (Map.Entry<String, String> ref : cache.refs().entrySet()) {
      refs.computeIfAbsent(ref.getValue(), commit -> new ArrayList<>()).add(ref.getKey());
    }
    return refs;
  }

  private long incompleteBytes() throws IOException {
    return bytes(
        HubCache.list(cache.blobs()).stream()
            .filter(blob -> blob.getFileName().toString().endsWith(INCOMPLETE))
            .toList());
  }

  private static long bytes(Collection<Path> files) throws IOException {
    long bytes = 0;
    for (Path file : files) {
      bytes += Files.exists(file) ? Files.size(file) : 0;
    }
    return bytes;
  }

  private static Instant newest(Collection<Path> files) throws IOException {
    Instant newest = Instant.EPOCH;
    for (Path file : files) {
      LinkOption[] own = Files.exists(file) ? new LinkOption[0] : HubCache.NO_LINKS;
      Instant modified = Files.getLastModifiedTime(file, own).toInstant();
      newest = modified.isAfter(newest) ? modified : newest;
    }
    return newest;
  }

  /** The models of one revision. */
  private final class Revision {
    private final Path snapshot;
    private final List<String> refs;
    private final ModelFiles files;

    Revision(Path snapshot, List<String> refs) throws IOException {
      this.snapshot = snapshot;
      this.refs = refs;
      this.files = HubCache.filesOf(snapshot);
    }

    List<CachedModel> models() throws IOException {
      List<CachedModel> models = new ArrayList<>();
      List<String> ggufs = files.ggufs();
      if (files.weights().isPresent() || ggufs.isEmpty()) {
        List<String> own = files.names().stream().filter(it -> !it.endsWith(".gguf")).toList();
        models.add(model(null, own));
      }
      for (String gguf : ggufs) {
        boolean alone = files.onlyGguf().isPresent();
        List<String> parts =
            ModelFiles.ggufParts(gguf).stream().filter(files.names()::contains).toList();
        models.add(model(alone ? null : gguf, alone ? files.names() : parts));
      }
      return models;
    }

    private CachedModel model(@Nullable String file, Collection<String> own) throws IOException {
      ModelCard card = new ModelCard(name, revision(), file);
      Optional<Path> model = complete(card);
      CachedModel.State state = model.isPresent() ? CachedModel.State.COMPLETE : state();
      List<Path> paths = own.stream().map(snapshot::resolve).toList();
      return new CachedModel(
          card.toString(),
          snapshot.getFileName().toString(),
          refs,
          model.orElse(snapshot),
          CachedModel.Source.HUB,
          state,
          bytes(paths) + (state == CachedModel.State.INCOMPLETE ? incompleteBytes() : 0),
          paths.isEmpty() ? newest(List.of(snapshot)) : newest(paths));
    }

    private Optional<Path> complete(ModelCard card) throws IOException {
      try {
        return Hub.complete(card, snapshot);
      } catch (HubFailure e) {
        // A damaged index: whatever it names, not all of it can be found.
        return Optional.empty();
      }
    }

    /** Of what is not all there. */
    private CachedModel.State state() throws IOException {
      boolean begun =
          files.haveConfig()
              || files.weights().isPresent()
              || !files.ggufs().isEmpty()
              || incompleteBytes() > 0;
      return begun ? CachedModel.State.INCOMPLETE : CachedModel.State.NO_MODEL;
    }

    private String revision() {
      if (refs.contains(ModelCard.DEFAULT_REVISION)) {
        return ModelCard.DEFAULT_REVISION;
      }
      String commit = snapshot.getFileName().toString();
      return Stream.concat(refs.stream(), Stream.of(abbreviated(commit))).findFirst().orElseThrow();
    }
  }
}
