package io.millrace.models.weights;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The files of a folder or repository, and which of them make a model in each format, by the names
 * that transformers and llama.cpp give them.
 *
 * @param names paths within the folder, with slashes
 */
public record ModelFiles(Collection<String> names) {
  private static final String CONFIG = "config.json";
  private static final Pattern DESCRIPTION =
      Pattern.compile(
          "config\\.json|generation_config\\.json|tokenizer[^/]*|special_tokens_map\\.json"
              + "|added_tokens\\.json|chat_template[^/]*|additional_chat_templates/[^/]+\\.jinja");
  private static final Pattern SHARD = Pattern.compile(".*-\\d{5}-of-(\\d{5})\\.\\w+");

  /** Files by this name are not weights, or not a whole model's. */
  private static final Pattern OTHER =
      Pattern.compile("(training_args|optimizer|scheduler|adapter_|consolidated).*");

  /** A format of weights under the names of transformers. */
  public enum Format {
    SAFETENSORS("model.safetensors"),
    TORCH("pytorch_model.bin");

    private final String file;

    Format(String file) {
      this.file = file;
    }

    String index() {
      return file + ".index.json";
    }
  }

  /**
   * The files that hold the weights.
   *
   * @param index the file that maps tensors to the others, which are not known without it; null for
   *     none
   * @param files those that are known by their names
   */
  public record Weights(Format format, @Nullable String index, List<String> files) {

    /** Whether each file that its name makes one of several has the others beside it. */
    public boolean isComplete() {
      return files.stream().allMatch(file -> shardsOf(file) == files.size());
    }

    /**
     * The files, as the index lists them where there is one.
     *
     * @param folder where the index lies
     * @throws BadCheckpoint if the index is missing or damaged
     */
    public List<String> in(Path folder) {
      return index == null
          ? files
          : ShardIndex.read(folder.resolve(index)).values().stream().distinct().toList();
    }

    private static int shardsOf(String file) {
      Matcher shard = SHARD.matcher(file);
      return shard.matches() ? Integer.parseInt(shard.group(1)) : 1;
    }
  }

  /** The files that lie in a folder itself, not deeper. */
  public static ModelFiles in(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return new ModelFiles(files.map(file -> file.getFileName().toString()).toList());
    }
  }

  /** Configuration, tokenizer and templates. */
  public List<String> descriptions() {
    return all(name -> DESCRIPTION.matcher(name).matches());
  }

  /** Whether the configuration is there, without which weights other than GGUF are not readable. */
  public boolean haveConfig() {
    return names.contains(CONFIG);
  }

  /** Whether configuration and tokenizer are there. */
  public boolean describeAModel() {
    return haveConfig() && (names.contains("tokenizer.json") || names.contains("tokenizer.model"));
  }

  /**
   * The weights in the first of transformers' forms that is there: safetensors before PyTorch
   * archives, one file before shards with an index; at last, safetensors of other names. Empty for
   * a model that is GGUF or nothing.
   */
  public Optional<Weights> weights() {
    for (Format format : Format.values()) {
      if (names.contains(format.file)) {
        return Optional.of(new Weights(format, null, List.of(format.file)));
      }
      if (names.contains(format.index())) {
        return Optional.of(new Weights(format, format.index(), List.of()));
      }
    }
    List<String> others =
        all(
            name ->
                name.endsWith(".safetensors")
                    && !name.contains("/")
                    && !OTHER.matcher(name).matches());
    return others.isEmpty()
        ? Optional.empty()
        : Optional.of(new Weights(Format.SAFETENSORS, null, others));
  }

  /** The names of files that {@link #weights} and {@link #ggufs} find, for a message. */
  static String lookedFor() {
    return Stream.of(Format.values())
        .flatMap(format -> Stream.of(format.file, format.index()))
        .collect(Collectors.joining(", ", "", ", *.safetensors and *.gguf"));
  }

  /** The GGUF models, each by its file; by the first one where it is split. */
  public List<String> ggufs() {
    return names.stream()
        .filter(name -> name.endsWith(".gguf"))
        .map(GgufParts::first)
        .distinct()
        .sorted()
        .toList();
  }

  /** The GGUF model, where there is one and no model in another form. */
  public Optional<String> onlyGguf() {
    List<String> ggufs = weights().isPresent() ? List.of() : ggufs();
    return ggufs.size() == 1 ? Optional.of(ggufs.get(0)) : Optional.empty();
  }

  /**
   * All files of a GGUF model in order; several where {@code gguf-split} made them.
   *
   * @param gguf one of them
   */
  public static List<String> ggufParts(String gguf) {
    return GgufParts.all(gguf);
  }

  private List<String> all(Predicate<String> wanted) {
    return names.stream().filter(wanted).sorted().toList();
  }
}
