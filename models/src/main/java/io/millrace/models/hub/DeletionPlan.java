package io.millrace.models.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The files of a repository in Hugging Face's cache that go, in an order in which nothing that
 * stays ever names what is gone.
 *
 * @param what goes, in a few words
 * @param stays what of the repository does not, in a few words; empty for nothing
 * @param paths files, links and empty folders, all of them within the repository
 */
record DeletionPlan(String what, String stays, List<Path> paths) {

  /** A repository with all that was begun of it. */
  static DeletionPlan ofRepository(String name, HubCache cache) throws IOException {
    int revisions = cache.snapshots().size();
    String what =
        switch (revisions) {
          case 0 -> name + " (a download that has not ended)";
          case 1 -> name + " at " + shortName(cache.snapshots().get(0));
          default -> name + " (%d revisions)".formatted(revisions);
        };
    return new DeletionPlan(what, "", bottomUp(cache.folder()));
  }

  /** A revision that is not the last one. */
  static DeletionPlan ofRevision(String name, HubCache cache, Path snapshot) throws IOException {
    List<Path> paths = new ArrayList<>(bottomUp(snapshot));
    String commit = snapshot.getFileName().toString();
    cache
        .refs()
        .forEach(
            (ref, of) -> {
              if (of.equals(commit)) {
                paths.add(cache.ref(ref));
              }
            });
    addBlobs(cache, paths);
    int others = cache.snapshots().size() - 1;
    return new DeletionPlan(
        name + " at " + shortName(snapshot),
        "%d other revision%s of %s".formatted(others, others == 1 ? "" : "s", name),
        paths);
  }

  /** Some files of a revision. */
  static DeletionPlan ofFiles(String name, HubCache cache, Path snapshot, List<String> files)
      throws IOException {
    List<Path> paths = new ArrayList<>(files.stream().map(snapshot::resolve).toList());
    addBlobs(cache, paths);
    return new DeletionPlan(
        name + " at " + shortName(snapshot), "the other files of this revision", paths);
  }

  private static String shortName(Path snapshot) {
    return CachedRepository.abbreviated(snapshot.getFileName().toString());
  }

  /** Adds the contents that only those paths lead to. */
  private static void addBlobs(HubCache cache, List<Path> paths) throws IOException {
    Set<Path> doomed = new LinkedHashSet<>(paths);
    Set<Path> needed = new LinkedHashSet<>();
    for (Path snapshot : cache.snapshots()) {
      needed.addAll(
          blobs(cache, bottomUp(snapshot).stream().filter(it -> !doomed.contains(it)).toList()));
    }
    Set<Path> freed = blobs(cache, paths);
    freed.removeAll(needed);
    paths.addAll(freed);
  }

  private static Set<Path> blobs(HubCache cache, Collection<Path> links) throws IOException {
    Set<Path> blobs = new LinkedHashSet<>();
    for (Path link : links) {
      blob(cache, link).ifPresent(blobs::add);
    }
    return blobs;
  }

  /** The content that a link leads to, if that is one of the repository's own. */
  private static Optional<Path> blob(HubCache cache, Path link) throws IOException {
    if (!Files.isSymbolicLink(link)) {
      return Optional.empty();
    }
    Path folder = Objects.requireNonNull(link.getParent());
    Path target = folder.resolve(Files.readSymbolicLink(link)).toAbsolutePath().normalize();
    Path blobs = cache.blobs().toAbsolutePath().normalize();
    return blobs.equals(target.getParent()) && Files.exists(target, HubCache.NO_LINKS)
        ? Optional.of(target)
        : Optional.empty();
  }

  /**
   * All that lies in a folder, and it itself, each before what it lies in; links are not followed.
   */
  private static List<Path> bottomUp(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.sorted(Comparator.reverseOrder()).toList();
    }
  }

  /** The bytes of the files; a link is none. */
  long bytes() throws IOException {
    long bytes = 0;
    for (Path path : paths) {
      bytes += Files.isRegularFile(path, HubCache.NO_LINKS) ? Files.size(path) : 0;
    }
    return bytes;
  }

  /** Deletes them. */
  void run() throws IOException {
    for (Path path : paths) {
      Files.deleteIfExists(path);
    }
  }
}
