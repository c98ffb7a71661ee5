package io.millrace.engine;

import io.millrace.engine.Choice.StopConditions;
import io.millrace.engine.sampling.CounterBasedRandom;
import io.millrace.engine.sampling.Sampling;
import io.millrace.engine.schedule.Sequence;
import io.millrace.models.text.StopMatcher;
import io.millrace.models.text.Tokenizer;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.OutputParams;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.Reply;
import io.millrace.protocol.SamplingParams;
import io.millrace.protocol.StopCriteria;
import io.millrace.protocol.TokenRules;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The factory of generations from requests: encodes the prompt, applies limits and defaults. Every
 * method may be called from any thread.
 */
public final class GenerationFactory implements AutoCloseable {
  private final Tokenizer tokenizer;
  private final TokenLogprobsFactory logprobsFactory;
  private final PromptEncoder encoder;
  private final SamplingParams recommended;
  private final Set<Integer> eosTokens;
  private final int vocabSize;
  private final EngineLimits limits;
  private final AtomicLong arrivals = new AtomicLong();

  /**
   * @param recommended by the model's authors, for what a request leaves open
   * @param eosTokens tokens with which the model ends an answer
   * @param vocabSize of the model, whose embedding may have fewer or more rows than the tokenizer
   *     has tokens
   */
  public GenerationFactory(
      Tokenizer tokenizer,
      PromptEncoder encoder,
      SamplingParams recommended,
      Set<Integer> eosTokens,
      int vocabSize,
      EngineLimits limits) {
    this.tokenizer = tokenizer;
    this.logprobsFactory = new TokenLogprobsFactory(tokenizer);
    this.encoder = encoder;
    this.recommended = recommended;
    this.eosTokens = Set.copyOf(eosTokens);
    this.vocabSize = vocabSize;
    this.limits = limits;
  }

  EngineLimits limits() {
    return limits;
  }

  /**
   * Makes the generation of a request.
   *
   * @throws Invalid if it cannot be answered as it is
   */
  Generation create(GenerationRequest request, int attempt, Consumer<Reply> replies) {
    int[] prompt = encoder.encode(request.prompt());
    String param = request.prompt().match(text -> "prompt", tokens -> "prompt", chat -> "messages");
    int maxTokens = limits.outputLen(param, prompt.length, request.stop());
    limits.check(request.output(), request.stream(), prompt.length, maxTokens);
    requireInVocabulary(Arrays.stream(prompt).boxed().toList(), param);
    requireInVocabulary(request.stop().stopTokenIds(), "stop_token_ids");
    TokenRules rules = request.sampling().rules();
    requireInVocabulary(rules.forcedEosTokenIds(), "forced_eos_token_id");
    requireInVocabulary(rules.logitBias().keySet(), "logit_bias");
    return new Generation(
        request.id(),
        attempt,
        request.output(),
        choices(request, prompt, maxTokens),
        request.output().tellsPrompt() ? promptLogprobs(request, prompt) : null,
        replies);
  }

  private List<Choice> choices(GenerationRequest request, int[] prompt, int maxTokens) {
    OutputParams output = request.output();
    long arrival = arrivals.getAndAdd(output.bestOf());
    Sequence sequence = new Sequence(request.id(), 0, arrival, prompt);
    if (output.promptLogprobs() != null) {
      sequence.wantPromptLogprobs();
    }
    long seed = CounterBasedRandom.seedOf(request.id());
    Sampling sampling = Sampling.of(request.sampling(), recommended, seed);
    StopConditions conditions =
        new StopConditions(maxTokens, request.stop().minTokens(), stopTokens(request.stop()));
    List<Choice> choices = new ArrayList<>();
    for (int i = 0; i < output.bestOf(); i++) {
      AnswerText text =
          new AnswerText(
              tokenizer.newStreamDecoder(prompt, true), new StopMatcher(request.stop().stop()));
      choices.add(
          new Choice(
              i,
              arrival + i,
              sequence,
              sampling.forAnswer(i),
              conditions,
              text,
              logprobs(output, prompt),
              output.logprobs() != null || output.chooses()));
    }
    return choices;
  }

  private @Nullable AnswerLogprobs logprobs(OutputParams output, int[] prompt) {
    return output.logprobs() == null
        ? null
        : new AnswerLogprobs(
            logprobsFactory, output.logprobs(), logprobsFactory.areSpecial(prompt));
  }

  /**
   * The collector of what a request asks about its prompt. Text is echoed as it was sent, token ids
   * as the model reads them.
   */
  private PromptLogprobs promptLogprobs(GenerationRequest request, int[] prompt) {
    String echo = null;
    if (request.output().echo()) {
      echo =
          request
              .prompt()
              .match(
                  Prompt.Text::text,
                  tokens -> tokenizer.decode(prompt, true),
                  chat -> tokenizer.decode(prompt, true));
    }
    return new PromptLogprobs(
        logprobsFactory,
        tokenizer.newStreamDecoder(new int[0], true),
        prompt,
        echo,
        request.output().promptLogprobs());
  }

  /** Frees the tokenizer. */
  @Override
  public void close() {
    tokenizer.close();
  }

  private Set<Integer> stopTokens(StopCriteria stop) {
    Set<Integer> tokens = new HashSet<>(stop.stopTokenIds());
    if (!stop.ignoreEos()) {
      tokens.addAll(eosTokens);
    }
    return tokens;
  }

  private void requireInVocabulary(Collection<Integer> tokens, String param) {
    for (int token : tokens) {
      if (token < 0 || token >= vocabSize) {
        throw new Invalid(
            param,
            "%s holds token id %d, but the vocabulary has %d".formatted(param, token, vocabSize));
      }
    }
  }
}
