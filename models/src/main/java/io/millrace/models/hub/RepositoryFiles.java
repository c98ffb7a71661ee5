package io.millrace.models.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Which files of a repository a model needs; {@code names} are those that it has. */
record RepositoryFiles(Collection<String> names) {
  private static final Pattern DESCRIPTION =
      Pattern.compile(
          "config\\.json|generation_config\\.json|tokenizer[^/]*|special_tokens_map\\.json"
              + "|added_tokens\\.json|chat_template[^/]*|additional_chat_templates/[^/]+\\.jinja");
  private static final Pattern SHARD = Pattern.compile("(.*)-(\\d{5})-of-(\\d{5})(\\.\\w+)");

  /** Files by this name are not weights, or not a whole model's. */
  private static final Pattern OTHER =
      Pattern.compile("(training_args|optimizer|scheduler|adapter_|consolidated).*");

  /**
   * The files that hold the weights.
   *
   * @param index the file that lists them all, to be read first; null for none
   */
  record Weights(@Nullable String index, List<String> files) {
    static final Weights NONE = new Weights(null, List.of());
  }

  /** The one GGUF file of a folder that holds no model in another form. */
  static Optional<Path> onlyGguf(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return Optional.empty();
    }
    RepositoryFiles files;
    try (Stream<Path> list = Files.list(folder)) {
      files = new RepositoryFiles(list.map(file -> file.getFileName().toString()).toList());
    }
    List<String> ggufs = files.names().contains("config.json") ? List.of() : files.ggufs();
    return ggufs.size() == 1 ? Optional.of(folder.resolve(ggufs.get(0))) : Optional.empty();
  }

  /** Configuration, tokenizer and templates. */
  List<String> descriptions() {
    return all(name -> DESCRIPTION.matcher(name).matches());
  }

  boolean describeAModel() {
    return names.contains("config.json")
        && (names.contains("tokenizer.json") || names.contains("tokenizer.model"));
  }

  /** Safetensors before PyTorch archives; neither before GGUF. */
  Weights weights() {
    Weights safetensors = weights("model", ".safetensors");
    return safetensors.equals(Weights.NONE) ? weights("pytorch_model", ".bin") : safetensors;
  }

  private Weights weights(String stem, String suffix) {
    String index = stem + suffix + ".index.json";
    if (names.contains(index)) {
      return new Weights(index, List.of());
    }
    if (names.contains(stem + suffix)) {
      return new Weights(null, List.of(stem + suffix));
    }
    List<String> others =
        all(name -> name.endsWith(suffix) && !name.contains("/") && !OTHER.matcher(name).matches());
    return others.isEmpty() ? Weights.NONE : new Weights(null, others);
  }

  List<String> ggufs() {
    return all(name -> name.endsWith(".gguf"));
  }

  /** Whether every file whose name says that it is one of several has the others beside it. */
  boolean haveAllShards(List<String> files) {
    return files.stream().allMatch(this::hasAllShards);
  }

  private boolean hasAllShards(String name) {
    Matcher shard = SHARD.matcher(name);
    if (!shard.matches()) {
      return true;
    }
    int count = Integer.parseInt(shard.group(3));
    return count
        == all(other -> {
              Matcher form = SHARD.matcher(other);
              return form.matches()
                  && form.group(1).equals(shard.group(1))
                  && form.group(3).equals(shard.group(3))
                  && form.group(4).equals(shard.group(4));
            })
            .size();
  }

  private List<String> all(Predicate<String> wanted) {
    return names.stream().filter(wanted).sorted().toList();
  }
}
