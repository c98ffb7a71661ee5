package io.millrace.bench.serve;

import io.millrace.bench.serve.DatasetOptions.Dataset;
import io.millrace.cli.StartFailure;
import io.millrace.models.text.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * The prompts of a measurement. Equal options make equal prompts.
 *
 * <p>Without a file, lengths of {@code sharegpt} are drawn from log-normal distributions between
 * the bounds that vLLM sets. Their means are those that vLLM's benchmark prints for 1000 prompts of
 * {@code ShareGPT_V3_unfiltered_cleaned_split.json} in any report on it: 217,393 tokens in, some
 * 201,500 out. Their widths (sigma 1.5 and 1) are no fit but a choice: prompts vary more than
 * answers do.
 */
final class Workload {
  private static final LogNormal SHAREGPT_INPUT =
      new LogNormal(5.0433, 1.5, ShareGptFile.MIN_TOKENS, ShareGptFile.MAX_PROMPT);

  private static final LogNormal SHAREGPT_OUTPUT =
      new LogNormal(4.9627, 1, ShareGptFile.MIN_TOKENS, ShareGptFile.MAX_PROMPT);

  private final DatasetOptions options;
  private final int count;
  private final Tokenizer tokenizer;
  private final Random random;

  private Workload(DatasetOptions options, int count, Tokenizer tokenizer) {
    this.options = options;
    this.count = count;
    this.tokenizer = tokenizer;
    this.random = new Random(options.seed());
  }

  /**
   * The prompts that the options describe.
   *
   * @param count how many; more begin with the same
   * @throws StartFailure if there are none
   */
  static List<PromptRequest> of(DatasetOptions options, int count, Tokenizer tokenizer) {
    Workload workload = new Workload(options, count, tokenizer);
    if (options.path() != null) {
      return ShareGptFile.read(
          options.path(), tokenizer, count, options.sharegptOutputLen(), workload.random);
    }
    return options.name() == Dataset.SHAREGPT ? workload.likeShareGpt() : workload.uniform();
  }

  /**
   * As vLLM's random dataset: lengths are uniform between bounds rounded outwards, and what the
   * model wants around a prompt counts as part of it.
   */
  private List<PromptRequest> uniform() {
    int special = tokenizer.encode("", true).length;
    int input = Math.max(0, options.randomInputLen() - special);
    int shortest = low(input) + options.randomPrefixLen();
    if (shortest < 1) {
      throw new StartFailure(
          "--random-input-len must leave at least 1 token in every prompt, but is "
              + options.randomInputLen());
    }
    PromptWriter writer = new PromptWriter(tokenizer, random);
    int[] prefix = writer.tokens(options.randomPrefixLen());
    List<PromptRequest> prompts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int length = between(low(input), high(input));
      int output =
          between(
              Math.max(1, low(options.randomOutputLen())),
              Math.max(1, high(options.randomOutputLen())));
      prompts.add(writer.write(prefix, length, output));
    }
    return prompts;
  }

  private List<PromptRequest> likeShareGpt() {
    PromptWriter writer = new PromptWriter(tokenizer, random);
    @Nullable Integer fixed = options.sharegptOutputLen();
    List<PromptRequest> prompts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int length = SHAREGPT_INPUT.draw(random);
      int output = SHAREGPT_OUTPUT.draw(random);
      prompts.add(writer.write(new int[0], length, fixed == null ? output : fixed));
    }
    return prompts;
  }

  private int low(int length) {
    return (int) Math.floor(length * (1 - options.randomRangeRatio()));
  }

  private int high(int length) {
    return (int) Math.ceil(length * (1 + options.randomRangeRatio()));
  }

  private int between(int low, int high) {
    return low + random.nextInt(high - low + 1);
  }
}
