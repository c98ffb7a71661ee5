package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.engine.load.TinyModels;
import io.millrace.engine.model.LanguageModel;
import io.millrace.engine.schedule.BlockManager;
import io.millrace.engine.schedule.Scheduler;
import io.millrace.engine.schedule.Sequence;
import io.millrace.models.text.ModelText;
import io.millrace.protocol.DeltaAggregator;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.OutputParams;
import io.millrace.protocol.PriorOutput;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.PromptReport;
import io.millrace.protocol.Reply;
import io.millrace.protocol.ReplyAddress;
import io.millrace.protocol.ReplyTracker;
import io.millrace.protocol.SamplingParams;
import io.millrace.protocol.ScoredToken;
import io.millrace.protocol.StopCriteria;
import io.millrace.protocol.TokenRules;
import io.millrace.protocol.TokenizeParams;
import io.millrace.testing.TinyCheckpoint;
import io.millrace.toolparser.OutputFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Whole answers of the engine on a real, tiny model in float32, where every bit counts. */
abstract class WholeAnswers {
  static final int TOKENS = 24;
  static final List<Integer> PROMPT =
      IntStream.range(0, 40).map(i -> 30 + i * 7 % 200).boxed().toList();

  static LanguageModel model;
  static ModelText text;

  /** Chunks this small cut the prompt several times. */
  static final int MAX_BATCHED_TOKENS = 16;

  @BeforeAll
  static void load(@TempDir Path folder) throws IOException {
    TinyCheckpoint.llama().writeTo(folder);
    text = ModelText.load(folder);
    model = TinyModels.load(folder, 4);
  }

  @AfterAll
  static void close() {
    model.close();
    text.close();
  }

  static @Nullable String text(@Nullable PromptReport prompt) {
    return prompt == null ? null : prompt.text();
  }

  static void assertClose(ScoredToken token, double[] expected) {
    double logprob = expected[token.id()];
    assertThat(token.logprob()).isCloseTo(logprob, within(1e-4));
    long better =
        IntStream.range(0, expected.length).filter(i -> expected[i] > logprob + 1e-6).count();
    assertThat((long) token.rank()).isEqualTo(better + 1);
  }

  static String decoded(int id) {
    return text.tokenizer().decode(new int[] {id}, false);
  }

  /** An encoder of every prompt as that text, for a model that writes its answers so. */
  static PromptEncoder encoder(String prompt, OutputFormat format) {
    return new PromptEncoder() {
      @Override
      public int[] encode(Prompt asked, TokenizeParams params) {
        return encoded(prompt);
      }

      @Override
      public OutputFormat outputFormat(Prompt.Chat chat) {
        return format;
      }
    };
  }

  /** What a reader has after some replies, if they have the end. */
  static Optional<Reply.Finished> read(
      List<Reply> replies, ReplyTracker tracker, DeltaAggregator pieces) {
    Optional<Reply.Finished> end = Optional.empty();
    for (Reply reply : replies) {
      Optional<Reply> news = tracker.take(reply);
      if (news.isPresent()) {
        end = pieces.take(news.get());
      }
    }
    return end;
  }

  static int[] encoded(String word) {
    return text.tokenizer().encode(word, false);
  }

  static Reply.Finished answer(SamplingParams sampling, OutputParams output) {
    StopCriteria stop = StopCriteria.MODEL_DEFAULTS.withMaxTokens(TOKENS).ignoringEos();
    return answers(List.of(request("a", PROMPT, sampling, stop, output)), MAX_BATCHED_TOKENS)
        .get("a");
  }

  static Map<String, Reply.Finished> answers(
      List<GenerationRequest> requests, int maxBatchedTokens) {
    return whole(replies(requests, maxBatchedTokens, PriorOutput.NONE));
  }

  /** The replies to requests that go on from {@code prior}. */
  static List<Reply> replies(
      List<GenerationRequest> requests, int maxBatchedTokens, PriorOutput prior) {
    return replies(requests, maxBatchedTokens, prior, EngineLimits.of(128, null, TOKENS, null, 16));
  }

  /** The same within other limits. */
  static List<Reply> replies(
      List<GenerationRequest> requests,
      int maxBatchedTokens,
      PriorOutput prior,
      EngineLimits limits) {
    return replies(
        requests,
        maxBatchedTokens,
        prior,
        limits,
        (prompt, params) -> array(((Prompt.Tokens) prompt).ids()));
  }

  /** The same with other prompts. */
  static List<Reply> replies(
      List<GenerationRequest> requests,
      int maxBatchedTokens,
      PriorOutput prior,
      EngineLimits limits,
      PromptEncoder encoder) {
    int eos = text.tokenizer().id("</s>").orElseThrow();
    GenerationFactory factory =
        new GenerationFactory(
            text.tokenizer(),
            encoder,
            SamplingParams.NONE,
            Set.of(eos),
            model.spec().vocab(),
            limits);
    Engine engine =
        new Engine(
            model,
            new Scheduler(
                new BlockManager(model.numBlocks(), model.blockSize()), 16, maxBatchedTokens),
            null,
            System::nanoTime,
            () -> EngineListener.NONE);
    List<Reply> replies = new ArrayList<>();
    for (GenerationRequest request : requests) {
      Generation generation = factory.create(request, prior.attempt() + 1, prior, replies::add);
      engine.take(new EngineCommand.Submit(generation, new RequestStopwatch(0)));
    }
    while (engine.hasWork()) {
      engine.step();
    }
    return replies;
  }

  static Map<String, Reply.Finished> whole(List<Reply> replies) {
    Map<String, DeltaAggregator> pieces = new HashMap<>();
    Map<String, Reply.Finished> whole = new HashMap<>();
    for (Reply reply : replies) {
      pieces
          .computeIfAbsent(reply.id(), id -> new DeltaAggregator())
          .take(reply)
          .ifPresent(end -> whole.put(end.id(), end));
    }
    return whole;
  }

  static GenerationRequest request(
      String id,
      List<Integer> prompt,
      SamplingParams sampling,
      StopCriteria stop,
      OutputParams output) {
    return request(id, new Prompt.Tokens(prompt), sampling, stop, output);
  }

  static GenerationRequest request(
      String id, Prompt prompt, SamplingParams sampling, StopCriteria stop, OutputParams output) {
    ReplyAddress reply = new ReplyAddress("answers", null);
    return new GenerationRequest(
        id, "m", prompt, sampling, stop, output, true, Instant.EPOCH, null, reply);
  }

  static SamplingParams sampling(
      double temperature, double topP, double repetition, @Nullable Long seed, TokenRules rules) {
    return SamplingParams.NONE
        .withTemperature(temperature)
        .withTopP(topP)
        .withRepetitionPenalty(repetition)
        .withSeed(seed)
        .withRules(rules);
  }

  static float[][] logitsOf(List<Integer> tokens) {
    Scheduler scheduler =
        new Scheduler(new BlockManager(model.numBlocks(), model.blockSize()), 1, 512);
    scheduler.add(new Sequence("all", 0, 0, array(tokens)));
    return model.logitsOfAllTokens(scheduler.schedule());
  }

  static double[] logprobs(float[] logits) {
    double sum = IntStream.range(0, logits.length).mapToDouble(i -> Math.exp(logits[i])).sum();
    return IntStream.range(0, logits.length).mapToDouble(i -> logits[i] - Math.log(sum)).toArray();
  }

  static double mean(Reply.Choice choice) {
    return choice.logprobs().stream()
        .mapToDouble(place -> Objects.requireNonNull(place.token().logprob()))
        .average()
        .orElseThrow();
  }

  static List<Integer> ids(Reply.Choice choice) {
    return choice.logprobs().stream().map(place -> place.token().id()).toList();
  }

  static int[] array(List<Integer> ids) {
    return ids.stream().mapToInt(Integer::intValue).toArray();
  }
}
