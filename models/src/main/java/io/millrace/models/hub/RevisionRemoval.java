package io.millrace.models.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The removal of a revision, or of one GGUF model of it, from a repository in Hugging Face's cache:
 * what no other snapshot needs goes, as when that cache's own client does it. With the last
 * snapshot the repository goes as a whole; its lock files stay, since somebody may wait for them.
 */
record RevisionRemoval(ModelCard card, HubCache cache, boolean allRevisions)
    implements CacheRemoval {

  @Override
  public void check() throws IOException {
    plan();
  }

  @Override
  public String what() throws IOException {
    return plan().what();
  }

  @Override
  public String stays() throws IOException {
    return plan().stays();
  }

  @Override
  public long bytes() throws IOException {
    return plan().bytes();
  }

  @Override
  public long run() throws IOException {
    try (CacheLock lock = CacheLock.acquireAtOnce(cache.lockFile())) {
      // Anew: somebody may have added to it since.
      DeletionPlan plan = plan();
      long bytes = plan.bytes();
      plan.run();
      return bytes;
    } catch (HubFailure e) {
      throw new HubFailure(card + " stays: " + e.getMessage(), null);
    }
  }

  private DeletionPlan plan() throws IOException {
    requireInsideTheCache();
    List<Path> snapshots = cache.snapshots();
    if (allRevisions || snapshots.isEmpty()) {
      return DeletionPlan.ofRepository(card.repository(), cache);
    }
    Path snapshot = snapshot(snapshots);
    List<String> doomed = GgufSelection.of(card, snapshot);
    boolean whole = doomed.isEmpty();
    if (whole && snapshots.size() == 1) {
      return DeletionPlan.ofRepository(card.repository(), cache);
    }
    return whole
        ? DeletionPlan.ofRevision(card.repository(), cache, snapshot)
        : DeletionPlan.ofFiles(card.toString(), cache, snapshot, doomed);
  }

  private Path snapshot(List<Path> snapshots) throws IOException {
    Optional<Path> named = cache.snapshot(card.revision());
    if (named.isPresent()) {
      return named.get();
    }
    if (card.hasDefaultRevision() && snapshots.size() == 1) {
      return snapshots.get(0);
    }
    String revisions =
        snapshots.stream()
            .map(it -> CachedRepository.abbreviated(it.getFileName().toString()))
            .collect(Collectors.joining(", "));
    throw new IllegalArgumentException(
        card.hasDefaultRevision()
            ? "%s has several revisions and none is main; name one, such as %s@%s, or give --all-revisions: %s"
                .formatted(card, card.repository(), revisions.split(",", 2)[0], revisions)
            : "%s has no revision %s in the cache; there is %s"
                .formatted(card.repository(), card.revision(), revisions));
  }

  /** A repository may be a link to another disk; what is there is not the cache's to delete. */
  private void requireInsideTheCache() throws IOException {
    Path own = cache.root().toRealPath().resolve(cache.folder().getFileName());
    for (String part : List.of("", "blobs", "refs", "snapshots")) {
      Path folder = cache.folder().resolve(part);
      if (Files.exists(folder) && !folder.toRealPath().equals(own.resolve(part).normalize())) {
        throw new HubFailure(
            "%s stays: %s leads out of the cache, to %s"
                .formatted(card.repository(), folder, folder.toRealPath()),
            null);
      }
    }
  }
}
