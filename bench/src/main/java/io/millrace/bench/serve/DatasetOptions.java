package io.millrace.bench.serve;

import io.millrace.cli.Flags;
import io.millrace.cli.ServedModel;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The flags of the dataset, the prompts that are sent; they are those of {@code vllm bench serve}.
 */
final class DatasetOptions {
  /** The source of the prompts. */
  enum Dataset {
    RANDOM,
    SHAREGPT;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Of prompts, and of the tokens of one: what fits into memory. */
  private static final int MOST = 1_000_000;

  @Option(
      names = "--dataset-name",
      paramLabel = "NAME",
      defaultValue = "random",
      description =
          "random: random tokens; sharegpt: conversations of --dataset-path, or without it random"
              + " tokens of such lengths (default: ${DEFAULT-VALUE}).")
  private Dataset name = Dataset.RANDOM;

  @Option(
      names = "--dataset-path",
      paramLabel = "FILE",
      description = "A ShareGPT file: a JSON list of conversations.")
  private @Nullable Path path;

  @Option(
      names = "--num-prompts",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Requests (default: ${DEFAULT-VALUE}).")
  private int numPrompts = 1000;

  @Option(
      names = {"--random-input-len", "--input-len"},
      paramLabel = "TOKENS",
      defaultValue = "1024",
      description = "Length of random prompts (default: ${DEFAULT-VALUE}).")
  private int randomInputLen = 1024;

  @Option(
      names = {"--random-output-len", "--output-len"},
      paramLabel = "TOKENS",
      defaultValue = "128",
      description = "Length of the answers to random prompts (default: ${DEFAULT-VALUE}).")
  private int randomOutputLen = 128;

  @Option(
      names = "--random-range-ratio",
      paramLabel = "RATIO",
      defaultValue = "0",
      description =
          "Lengths are drawn from (1 - RATIO) to (1 + RATIO) times what was asked for; less than 1"
              + " (default: ${DEFAULT-VALUE}).")
  private double randomRangeRatio;

  @Option(
      names = "--random-prefix-len",
      paramLabel = "TOKENS",
      defaultValue = "0",
      description =
          "Tokens that all random prompts begin with, before --random-input-len (default:"
              + " ${DEFAULT-VALUE}).")
  private int randomPrefixLen;

  @Option(
      names = "--random-as-ids",
      description = "Send random prompts to /v1/completions as token ids instead of text.")
  private boolean randomAsIds;

  @Option(
      names = "--sharegpt-output-len",
      paramLabel = "TOKENS",
      description = "Length of all answers of sharegpt (default: as in the file).")
  private @Nullable Integer sharegptOutputLen;

  @Option(
      names = "--tokenizer",
      paramLabel = "MODEL",
      defaultValue = ServedModel.DEFAULT_MODEL,
      description =
          "Whose tokenizer measures lengths: a folder, a GGUF file or a model card (default:"
              + " ${DEFAULT-VALUE}).")
  private String tokenizer = ServedModel.DEFAULT_MODEL;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "What all random choices follow from (default: ${DEFAULT-VALUE}).")
  private long seed;

  /** Refuses values that no prompts can be made of. */
  void validate() {
    Flags.requireBetween("--num-prompts", 1, MOST, numPrompts);
    Flags.requireBetween("--random-input-len", 0, MOST, randomInputLen);
    Flags.requireBetween("--random-output-len", 1, MOST, randomOutputLen);
    Flags.requireBetween("--random-prefix-len", 0, MOST, randomPrefixLen);
    Flags.requireBetween("--sharegpt-output-len", 1, MOST, sharegptOutputLen);
    Flags.require(
        randomRangeRatio >= 0 && randomRangeRatio < 1,
        "--random-range-ratio",
        "0 or more and less than 1",
        randomRangeRatio);
    Flags.require(
        name != Dataset.RANDOM || path == null,
        "--dataset-path",
        "left out when --dataset-name is random",
        path);
  }

  Dataset name() {
    return name;
  }

  @Nullable Path path() {
    return path;
  }

  int numPrompts() {
    return numPrompts;
  }

  int randomInputLen() {
    return randomInputLen;
  }

  int randomOutputLen() {
    return randomOutputLen;
  }

  double randomRangeRatio() {
    return randomRangeRatio;
  }

  int randomPrefixLen() {
    return randomPrefixLen;
  }

  @Nullable Integer sharegptOutputLen() {
    return sharegptOutputLen;
  }

  String tokenizer() {
    return tokenizer;
  }

  long seed() {
    return seed;
  }

  /** Whether prompts are sent as token ids. */
  boolean asIds() {
    return randomAsIds && isRandom();
  }

  /** Whether prompts make no sense, so that a model may well end its answer at once. */
  boolean isRandom() {
    return path == null;
  }
}
