package io.millrace.engine;

import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.OutputParams;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.ReplyAddress;
import io.millrace.protocol.SamplingParams;
import io.millrace.protocol.StopCriteria;
import io.millrace.protocol.TokenRules;
import io.millrace.testing.TinyCheckpoint;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Requests of all kinds to a {@link TinyCheckpoint}, some of which are refused, and some of which
 * break the model.
 */
final class RandomRequests {
  /** What the engine is told, so that it lets tokens pass that the embedding does not have. */
  static final int CLAIMED_VOCABULARY = 1000;

  private static final int VOCABULARY = TinyCheckpoint.llama().vocabulary();
  private static final int MAX_PROMPT = 90;
  private static final int MAX_ANSWER = 30;
  private static final int RARELY = 40;

  private final Random random;
  private final int eos;
  private final List<Integer> prefix;

  RandomRequests(Random random, int eos) {
    this.random = random;
    this.eos = eos;
    this.prefix = tokens(MAX_PROMPT / 2);
  }

  GenerationRequest next(String id) {
    return new GenerationRequest(
        id,
        "tiny",
        prompt(),
        sampling(),
        stop(),
        output(),
        true,
        Instant.EPOCH,
        null,
        new ReplyAddress("answers", null));
  }

  private Prompt prompt() {
    List<Integer> ids = new ArrayList<>();
    if (one(3)) {
      ids.addAll(prefix.subList(0, 1 + random.nextInt(prefix.size())));
    }
    ids.addAll(tokens(1 + random.nextInt(MAX_PROMPT - ids.size())));
    if (one(RARELY)) {
      ids.set(ids.size() - 1, CLAIMED_VOCABULARY - 1);
    } else if (one(RARELY)) {
      ids.set(0, CLAIMED_VOCABULARY);
    } else if (one(4)) {
      return new Prompt.Text("a".repeat(ids.size()));
    }
    return new Prompt.Tokens(ids);
  }

  private SamplingParams sampling() {
    TokenRules rules =
        new TokenRules(
            one(4) ? 2 : 0,
            one(4) ? List.of(eos) : List.of(),
            one(4) ? Map.of(random.nextInt(VOCABULARY), 4.0) : Map.of());
    return SamplingParams.NONE
        .withTemperature(one(3) ? 0 : 2 * random.nextDouble())
        .withTopP(maybe(1 - random.nextDouble()))
        .withTopK(one(3) ? random.nextInt(VOCABULARY) : null)
        .withMinP(maybe(random.nextDouble() / 10))
        .withRepetitionPenalty(maybe(1 + random.nextDouble()))
        .withPresencePenalty(maybe(random.nextDouble()))
        .withFrequencyPenalty(maybe(random.nextDouble()))
        .withSeed(random.nextLong())
        .withRules(rules);
  }

  private StopCriteria stop() {
    StopCriteria stop =
        StopCriteria.MODEL_DEFAULTS
            .withMinTokens(random.nextInt(3))
            .withMaxTokens(2 + random.nextInt(MAX_ANSWER - 1))
            .withStop(one(4) ? new String[] {"w7", "A"} : new String[0])
            .withStopTokenIds(one(4) ? tokens(3) : List.of());
    return one(2) ? stop.ignoringEos() : stop;
  }

  private OutputParams output() {
    int n = one(4) ? 1 + random.nextInt(4) : 1;
    OutputParams output =
        OutputParams.TEXT
            .withN(n)
            .withBestOf(n + (one(6) ? random.nextInt(3) : 0))
            .withLogprobs(one(3) ? random.nextInt(6) : null)
            .withPromptLogprobs(one(6) ? random.nextInt(6) : null);
    return one(6) ? output.withEcho() : output;
  }

  private @Nullable Double maybe(double value) {
    return one(3) ? value : null;
  }

  /** True one time in so many. */
  private boolean one(int times) {
    return random.nextInt(times) == 0;
  }

  private List<Integer> tokens(int count) {
    return IntStream.range(0, count).map(i -> random.nextInt(VOCABULARY)).boxed().toList();
  }
}
