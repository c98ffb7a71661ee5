package io.millrace.bench.soak;

import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.OutputParams;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.ReplyAddress;
import io.millrace.protocol.SamplingParams;
import io.millrace.protocol.StopCriteria;
import java.time.Instant;
import java.util.Random;

/**
 * The requests of a soak run, of random length and with all kinds of parameters. Each follows from
 * the seed and its number.
 *
 * @param maxPrompt characters of a prompt, at least 1
 * @param maxAnswer tokens of an answer, at least 1
 * @param maxAnswers answers to one request
 */
public record SoakRequests(long seed, int maxPrompt, int maxAnswer, int maxAnswers) {
  private static final String LETTERS = "etaoin shrdlu ";
  private static final int BEGINNINGS = 4;
  private static final double MAX_TEMPERATURE = 1.5;

  /** The request of a number. */
  public GenerationRequest get(int number) {
    Random random = new Random(seed * 1_000_003 + number);
    return new GenerationRequest(
        "soak-" + number,
        "soak",
        new Prompt.Text(prompt(random)),
        sampling(random),
        stop(1 + random.nextInt(maxAnswer)),
        output(random),
        true,
        Instant.EPOCH,
        null,
        new ReplyAddress("soak", null));
  }

  /** Whether a request is cancelled in the middle of its answer. */
  boolean isCancelled(int number) {
    return number % 16 == 7;
  }

  /** Every third begins like others, so that there are blocks to share. */
  private String prompt(Random random) {
    int length = 1 + random.nextInt(maxPrompt);
    if (!one(random, 3)) {
      return letters(random, length);
    }
    String beginning = letters(new Random(seed + random.nextInt(BEGINNINGS)), maxPrompt / 2);
    int shared = Math.min(length, beginning.length());
    return beginning.substring(0, shared) + letters(random, length - shared);
  }

  private static String letters(Random random, int count) {
    StringBuilder text = new StringBuilder();
    random.ints(count, 0, LETTERS.length()).forEach(i -> text.append(LETTERS.charAt(i)));
    return text.toString();
  }

  private static SamplingParams sampling(Random random) {
    boolean penalised = one(random, 4);
    return SamplingParams.NONE
        .withTemperature(one(random, 2) ? 0 : MAX_TEMPERATURE * random.nextDouble())
        .withTopP(1 - random.nextDouble() / 2)
        .withTopK(one(random, 2) ? 40 : null)
        .withRepetitionPenalty(penalised ? 1.1 : null)
        .withPresencePenalty(penalised ? 0.5 : null)
        .withSeed(random.nextLong());
  }

  private static StopCriteria stop(int maxTokens) {
    return StopCriteria.MODEL_DEFAULTS.withMaxTokens(maxTokens).ignoringEos();
  }

  private OutputParams output(Random random) {
    int n = one(random, 8) ? Math.min(2, maxAnswers) : 1;
    OutputParams output =
        OutputParams.TEXT
            .withN(n)
            .withLogprobs(one(random, 4) ? 3 : null)
            .withPromptLogprobs(one(random, 16) ? 2 : null);
    return one(random, 16) ? output.withEcho() : output;
  }

  /** True one time in so many. */
  private static boolean one(Random random, int times) {
    return random.nextInt(times) == 0;
  }
}
