package io.millrace.models.text;

import io.millrace.models.weights.BadCheckpoint;
import io.millrace.models.weights.Checkpoint;
import io.millrace.models.weights.GgufFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The text side of a model: tokenizer, special tokens, chat templates and the tokens that end an
 * answer.
 *
 * @param specialTokens the tokens that templates may name, by {@code bos_token}, {@code eos_token}
 *     and so on; one that the model does not have is absent, not empty
 * @param chatTemplates Jinja2 sources by name; {@link #DEFAULT_TEMPLATE} is the unnamed one
 * @param stopIds every token that ends an answer: of the tokenizer, {@code config.json} and {@code
 *     generation_config.json} together, also such that the model does not know
 */
public record ModelText(
    Tokenizer tokenizer,
    Map<String, String> specialTokens,
    Map<String, String> chatTemplates,
    Set<Integer> stopIds,
    GenerationConfig generation)
    implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ModelText.class);

  /** The name of the template that a model uses unless there is a better one for the request. */
  public static final String DEFAULT_TEMPLATE = "default";

  public ModelText {
    specialTokens = Map.copyOf(specialTokens);
    chatTemplates = Map.copyOf(chatTemplates);
    stopIds = Set.copyOf(stopIds);
  }

  /**
   * Reads a model folder in Hugging Face's form, or a GGUF file, of a split one any part.
   *
   * @throws BadCheckpoint if a file is missing, damaged or of a kind that is not supported
   */
  public static ModelText load(Path model) {
    return Files.isDirectory(model)
        ? new FolderText(model).load()
        : loadGguf(Checkpoint.gguf(model).orElseThrow());
  }

  /**
   * The chat templates of a model alone, as {@link #chatTemplates()} of the whole has them.
   *
   * @param model as for {@link #load}
   * @throws BadCheckpoint if a file is damaged or of a kind that is not supported
   */
  public static Map<String, String> chatTemplates(Path model) {
    if (Files.isDirectory(model)) {
      return new ChatTemplateFiles(model).read(TokenizerConfig.read(model));
    }
    try (GgufFile file = GgufFile.open(Checkpoint.gguf(model).orElseThrow())) {
      return GgufText.chatTemplates(file.metadata());
    }
  }

  private static ModelText loadGguf(Path path) {
    GgufText text;
    try (GgufFile file = GgufFile.open(path)) {
      text = new GgufText(file);
    }
    try {
      return new ModelText(
          new HuggingFaceTokenizer(text.definition(), text.spellings()),
          text.specialTokens(),
          text.chatTemplates(),
          text.stopIds(),
          GenerationConfig.NONE);
    } catch (IllegalArgumentException e) {
      throw new BadCheckpoint(path, String.valueOf(e.getMessage()));
    }
  }

  /**
   * The tokens that end an answer, of those for which the model has scores.
   *
   * @param vocabulary the number of these
   */
  public Set<Integer> stopIdsWithin(int vocabulary) {
    Set<Integer> known = new TreeSet<>(stopIds);
    known.removeIf(id -> id < 0 || id >= vocabulary);
    if (known.size() < stopIds.size()) {
      Set<Integer> unknown = new TreeSet<>(stopIds);
      unknown.removeAll(known);
      log.warn(
          "the model's files say that the tokens {} end answers, but its vocabulary is of {}:"
              + " ignored",
          unknown,
          vocabulary);
    }
    return known;
  }

  /** Frees the tokenizer. */
  @Override
  public void close() {
    tokenizer.close();
  }
}
