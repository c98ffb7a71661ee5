package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.speculation.Drafter;
import io.millrace.engine.speculation.NgramSpeculation;
import io.millrace.engine.speculation.SequenceDrafter;
import io.millrace.engine.speculation.Speculation;
import io.millrace.engine.speculation.Speculator;
import io.millrace.protocol.DeltaAggregator;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.OutputParams;
import io.millrace.protocol.PriorOutput;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.Reply;
import io.millrace.protocol.ReplyTracker;
import io.millrace.protocol.SamplingParams;
import io.millrace.protocol.TokenRules;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Answers with speculation are those without it, whatever is asked for: in float32 token for token.
 */
final class SpeculationTest extends SpeculativeAnswers {
  @ParameterizedTest
  @MethodSource("wishes")
  void answers_areThoseWithout(List<GenerationRequest> requests) {
    assertSame(requests, Conditions.PLAIN);
  }

  @ParameterizedTest
  @MethodSource("wishes")
  void answers_inChunksWithAPrefixCacheAndTooFewBlocks_areThoseWithout(
      List<GenerationRequest> requests) {
    assertSame(requests, SCARCE);
  }

  @Test
  void answers_arePreemptedWhereBlocksAreFew() {
    List<GenerationRequest> requests =
        List.of(
            request("a", COPIED, DRAWN_FROM_FEW, STOP, OutputParams.TEXT),
            request("b", RANDOM, DRAWN, STOP, OutputParams.TEXT));
    assertThat(assertSame(requests, SCARCE).preemptions()).isPositive();
  }

  @Test
  void constrainedAnswers_areThoseWithout() {
    Run run = assertSame(constrained(), Conditions.PLAIN);
    assertThat(run.drafts().accepted()).isGreaterThan(50);
  }

  @Test
  void answersThatEndWithinWhatIsAccepted_endThere() {
    // The answer repeats itself, so the tokens that end it and those behind are proposed.
    SamplingParams one = GREEDY.withRules(TokenRules.NONE.withAllowedTokenIds(List.of(40)));
    NgramSpeculation ngrams = new NgramSpeculation(6, 4, 1, 1);
    for (int end = 20; end < 30; end++) {
      GenerationRequest limited =
          request("a", COPIED, one, STOP.withMaxTokens(end), OutputParams.TEXT);
      GenerationRequest stopped =
          request("a", COPIED, one, STOP.withStop(words(40).repeat(end)), OutputParams.TEXT);
      for (GenerationRequest request : List.of(limited, stopped)) {
        Run run = run(List.of(request), ngrams, PriorOutput.NONE);
        Run without = run(List.of(request), null, PriorOutput.NONE);
        assertSame(whole(run.replies()).get("a"), whole(without.replies()).get("a"));
        assertThat(run.drafts().accepted()).isGreaterThan(10);
      }
    }
  }

  @Test
  void halfTheAnswer_isGoneOnWith() {
    for (SamplingParams sampling : List.of(GREEDY, DRAWN_FROM_FEW)) {
      GenerationRequest request =
          request("a", COPIED, sampling, STOP, OutputParams.TEXT.withN(2).withLogprobs(1));
      List<Reply> undisturbed = run(List.of(request), null, PriorOutput.NONE).replies();
      Oracle oracle = Oracle.of(List.of(request), whole(undisturbed));
      for (int told = 1; told < undisturbed.size(); told += 9) {
        ReplyTracker tracker = new ReplyTracker();
        DeltaAggregator pieces = new DeltaAggregator();
        read(undisturbed.subList(0, told), tracker, pieces);
        Run rest = run(List.of(request), oracle, tracker.output());
        Reply.Finished joined = read(rest.replies(), tracker, pieces).orElseThrow();
        assertSame(joined, whole(undisturbed).get("a"));
      }
    }
  }

  @Test
  void ngrams_giveTheAnswersWithout() {
    for (SamplingParams sampling : List.of(GREEDY, DRAWN, DRAWN_FROM_FEW)) {
      List<GenerationRequest> requests =
          List.of(
              request("copied", COPIED, sampling, STOP, OutputParams.TEXT),
              request("random", RANDOM, sampling, STOP, OutputParams.TEXT));
      Run without = run(requests, null, PriorOutput.NONE);
      Run with = run(requests, new NgramSpeculation(6, 4, 1, 2), PriorOutput.NONE);
      whole(with.replies())
          .forEach((id, answer) -> assertSame(answer, whole(without.replies()).get(id)));
    }
  }

  @Test
  void largeBatches_proposeNothing() {
    SamplingParams one = GREEDY.withRules(TokenRules.NONE.withAllowedTokenIds(List.of(40)));
    List<GenerationRequest> requests =
        IntStream.range(0, 3)
            .mapToObj(i -> request("r" + i, COPIED, one, STOP, OutputParams.TEXT))
            .toList();
    Run three = run(requests, new NgramSpeculation(6, 4, 1, 3), PriorOutput.NONE);
    assertThat(three.drafts().accepted()).isPositive();
    Run two = run(requests, new NgramSpeculation(6, 4, 1, 2), PriorOutput.NONE);
    assertThat(two.drafts()).isEqualTo(EngineStatus.Drafts.NONE);
  }

  private static Run assertSame(List<GenerationRequest> requests, Conditions conditions) {
    List<Reply> replies = run(requests, null, PriorOutput.NONE).replies();
    Map<String, Reply.Finished> without = whole(replies);
    Oracle oracle = Oracle.of(requests, without);
    Run run = run(requests, drafter(oracle), PriorOutput.NONE, conditions);
    Map<String, Reply.Finished> with = whole(run.replies());
    assertThat(with).hasSameSizeAs(requests).containsOnlyKeys(without.keySet());
    with.forEach((id, answer) -> assertSame(answer, Objects.requireNonNull(without.get(id))));
    assertThat(run.drafts().accepted()).isPositive().isLessThan(run.drafts().tokens());
    return run;
  }

  private static Run run(
      List<GenerationRequest> requests, @Nullable Speculation speculation, PriorOutput prior) {
    return run(requests, drafter(speculation), prior, Conditions.PLAIN);
  }

  private static @Nullable Drafter drafter(@Nullable Speculation speculation) {
    return speculation == null ? null : new SequenceDrafter(speculation);
  }

  /**
   * A speculation that knows the answers, and is wrong now and then all the same, so that proposals
   * of any length are accepted in part, as a whole, and not at all.
   *
   * @param answers to each prompt
   */
  private record Oracle(Map<List<Integer>, List<List<Integer>>> answers) implements Speculation {
    static Oracle of(List<GenerationRequest> requests, Map<String, Reply.Finished> answers) {
      Map<List<Integer>, List<List<Integer>>> known = new HashMap<>();
      for (GenerationRequest request : requests) {
        List<List<Integer>> all =
            known.computeIfAbsent(
                ((Prompt.Tokens) request.prompt()).ids(), prompt -> new ArrayList<>());
        Objects.requireNonNull(answers.get(request.id()))
            .choices()
            .forEach(choice -> all.add(choice.tokenIds()));
      }
      return new Oracle(known);
    }

    @Override
    public int disableByBatchSize() {
      return Integer.MAX_VALUE;
    }

    @Override
    public Speculator speculator(int[] prompt) {
      List<Integer> ids = IntStream.of(prompt).boxed().toList();
      return new Sibyl(Objects.requireNonNull(answers.get(ids)), prompt.length);
    }
  }

  /** The speculator of an {@link Oracle}. */
  private static final class Sibyl implements Speculator {
    private static final int MOST = 9;

    private final Random random = new Random(1);
    private final List<List<Integer>> answers;
    private final int numPromptTokens;
    private final List<Integer> tokens = new ArrayList<>();

    Sibyl(List<List<Integer>> answers, int numPromptTokens) {
      this.answers = answers;
      this.numPromptTokens = numPromptTokens;
    }

    @Override
    public int numTokens() {
      return numPromptTokens + tokens.size();
    }

    @Override
    public void add(int token) {
      tokens.add(token);
    }

    @Override
    public List<Integer> propose(int most, int sequences) {
      List<Integer> proposed = new ArrayList<>();
      for (List<Integer> answer : answers) {
        if (proposed.isEmpty() && startsWith(answer, tokens)) {
          proposed.addAll(answer.subList(tokens.size(), answer.size()));
        }
      }
      proposed.replaceAll(token -> random.nextInt(8) == 0 ? random.nextInt(230) : token);
      int count = Math.min(random.nextInt(MOST + 1), most);
      return proposed.subList(0, Math.min(count, proposed.size()));
    }

    private static boolean startsWith(List<Integer> answer, List<Integer> beginning) {
      return answer.size() >= beginning.size()
          && answer.subList(0, beginning.size()).equals(beginning);
    }

    @Override
    public void settle(int proposed, int accepted) {
      assertThat(accepted).isBetween(0, proposed);
    }
  }
}
