package io.millrace.models.hub;

import io.millrace.models.weights.BadCheckpoint;
import io.millrace.models.weights.ModelFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The Hugging Face hub with its local cache: finds models there and downloads them. */
final class Hub {
  static final String README = "README.md";

  private static final Logger LOG = LoggerFactory.getLogger(Hub.class);
  private static final long MAX_README_BYTES = 1 << 20;

  private final HubSettings settings;
  private final HubConnection connection;
  private final Retries retries;
  private final HubClient client;
  private final Progress progress;

  Hub(HubSettings settings, Retries.Pause pause, Progress progress) {
    this.settings = settings;
    this.connection = new HubConnection(settings);
    this.retries = new Retries(pause);
    this.client = new HubClient(settings, connection, retries);
    this.progress = progress;
  }

  /** The folder or GGUF file of a model that is all there; the network is not asked. */
  Optional<Path> cached(ModelCard card) throws IOException {
    Optional<Path> snapshot = cache(card).snapshot(card.revision());
    return snapshot.isEmpty() ? Optional.empty() : complete(card, snapshot.get());
  }

  /**
   * Brings a model into the cache.
   *
   * @return its folder, or its file if it is a GGUF file
   * @throws HubFailure if the hub does not have it or does not give it
   */
  Path fetch(ModelCard card) throws IOException {
    HubClient.Repository repository = client.repository(card);
    HubCache cache = cache(card);
    try (CacheLock lock = CacheLock.acquire(cache.lockFile())) {
      Fetch fetch = new Fetch(card, cache, repository);
      fetch.descriptions();
      Path model = fetch.weights();
      fetch.readme();
      cache.setRef(card.revision(), repository.commit());
      return model;
    } catch (IllegalArgumentException e) {
      throw new HubFailure(settings.endpoint() + " names files oddly: " + e.getMessage(), null);
    }
  }

  private HubCache cache(ModelCard card) {
    return new HubCache(settings.cache(), card.repository());
  }

  /** The folder or GGUF file of a model, if all of it is in a snapshot. */
  static Optional<Path> complete(ModelCard card, Path snapshot) throws IOException {
    ModelFiles files = HubCache.filesOf(snapshot);
    Optional<String> gguf = Optional.ofNullable(card.file()).or(files::onlyGguf);
    if (gguf.isPresent()) {
      List<String> parts = ModelFiles.ggufParts(gguf.get());
      return Optional.of(snapshot.resolve(parts.get(0)))
          .filter(first -> files.names().containsAll(parts));
    }
    Optional<ModelFiles.Weights> weights = files.weights();
    boolean hasWeights =
        weights.isPresent()
            && weights.get().isComplete()
            && files.names().containsAll(listed(weights.get(), snapshot));
    return files.describeAModel() && hasWeights ? Optional.of(snapshot) : Optional.empty();
  }

  /** The files of weights whose index, if they have one, is in the snapshot. */
  private static List<String> listed(ModelFiles.Weights weights, Path snapshot) throws HubFailure {
    try {
      return weights.in(snapshot);
    } catch (BadCheckpoint e) {
      throw new HubFailure(String.valueOf(e.getMessage()), "delete it and try again");
    }
  }

  /** One model being fetched, under the cache's lock. */
  private final class Fetch {
    private final ModelCard card;
    private final HubCache cache;
    private final HubClient.Repository repository;
    private final Path snapshot;

    Fetch(ModelCard card, HubCache cache, HubClient.Repository repository) {
      this.card = card;
      this.cache = cache;
      this.repository = repository;
      this.snapshot = cache.snapshotOf(repository.commit());
    }

    void descriptions() throws IOException {
      if (card.file() == null) {
        fetch(repository.files().descriptions());
      }
    }

    /** The page that tells the licence. A model without it is none the worse. */
    void readme() {
      if (!repository.files().names().contains(README) || has(README)) {
        return;
      }
      try {
        RemoteFile file = client.file(card, repository.commit(), README);
        if (file.size() <= MAX_README_BYTES) {
          download(List.of(file));
        }
      } catch (IOException e) {
        LOG.info("{} is there without its {}: {}", card, README, e.getMessage());
      }
    }

    Path weights() throws IOException {
      if (card.file() != null) {
        return gguf(card.file());
      }
      Optional<ModelFiles.Weights> weights = repository.files().weights();
      if (weights.isEmpty()) {
        return gguf(onlyGguf());
      }
      String index = weights.get().index();
      if (index != null) {
        fetch(List.of(index));
      }
      fetch(listed(weights.get(), snapshot));
      return snapshot;
    }

    private Path gguf(String name) throws IOException {
      List<String> parts = ModelFiles.ggufParts(name);
      fetch(parts);
      return snapshot.resolve(parts.get(0));
    }

    private String onlyGguf() throws HubFailure {
      List<String> ggufs = repository.files().ggufs();
      if (ggufs.size() == 1) {
        return ggufs.get(0);
      }
      throw ggufs.isEmpty()
          ? new HubFailure(card + " has no weights (safetensors, .bin or GGUF)", null)
          : new HubFailure(
              card + " has several GGUF files: " + String.join(", ", ggufs),
              "name one, such as " + card.repository() + "/" + ggufs.get(0));
    }

    private boolean has(String name) {
      return Files.exists(cache.file(repository.commit(), name));
    }

    private void fetch(List<String> names) throws IOException {
      List<RemoteFile> missing = new ArrayList<>();
      for (String name : names) {
        if (!has(name)) {
          missing.add(client.file(card, repository.commit(), name));
        }
      }
      download(missing);
    }

    private void download(List<RemoteFile> missing) throws IOException {
      long total = missing.stream().mapToLong(RemoteFile::size).sum();
      try (Progress.Step step = progress.begin("downloading " + card, total)) {
        for (RemoteFile file : missing) {
          Path blob = cache.blob(file.etag());
          if (!Files.exists(blob)) {
            new BlobDownload(connection, retries, file, blob, step, progress).run();
          }
          cache.link(repository.commit(), file.name(), file.etag());
        }
      }
    }
  }
}
