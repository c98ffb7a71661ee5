package io.millrace.engine;

import io.millrace.engine.Choice.StopConditions;
import io.millrace.engine.constraint.AnswerGrammar;
import io.millrace.engine.constraint.ChatGrammar;
import io.millrace.engine.constraint.ConstraintListener;
import io.millrace.engine.constraint.Constraints;
import io.millrace.engine.sampling.BadWords;
import io.millrace.engine.sampling.CounterBasedRandom;
import io.millrace.engine.sampling.Sampling;
import io.millrace.engine.schedule.Sequence;
import io.millrace.models.text.StopMatcher;
import io.millrace.models.text.Tokenizer;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.NamedConstraint;
import io.millrace.protocol.OutputParams;
import io.millrace.protocol.PriorOutput;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.SamplingParams;
import io.millrace.protocol.StopCriteria;
import io.millrace.protocol.TokenRules;
import io.millrace.toolparser.OutputFormat;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
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
  private final Constraints constraints;
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
    this.constraints = new Constraints(tokenizer, this.eosTokens, vocabSize);
  }

  /** Has somebody told from now on of the work on grammars. */
  void watch(ConstraintListener listener) {
    constraints.watch(listener);
  }

  EngineLimits limits() {
    return limits;
  }

  /**
   * Compiles what an answer must match, which {@link #create} finds again.
   *
   * @throws Invalid if it cannot be obeyed
   */
  void compile(GenerationRequest request) {
    for (Prompt asked : request.prompt().each()) {
      AnswerGrammar grammar = grammar(request, asked);
      if (grammar != null) {
        constraints.compile(grammar);
      }
    }
  }

  private @Nullable AnswerGrammar grammar(GenerationRequest request, Prompt asked) {
    NamedConstraint constraint = request.format().constraint();
    AnswerGrammar plain = constraint == null ? null : AnswerGrammar.of(constraint);
    return asked.match(
        text -> plain,
        tokens -> plain,
        chat ->
            ChatGrammar.isAsked(chat, constraint)
                ? ChatGrammar.of(chat, constraint, format(chat))
                : null);
  }

  private OutputFormat format(Prompt.Chat chat) {
    return ChatOutput.format(chat, encoder.outputFormat(chat));
  }

  /**
   * Makes the generation of a request.
   *
   * @param prior what earlier attempts have told, which this one goes on from
   * @throws Invalid if it cannot be answered as it is
   */
  Generation create(
      GenerationRequest request, int attempt, PriorOutput prior, AnswerListener replies) {
    OutputParams output = request.output();
    List<Prompt> asked = request.prompt().each();
    TokenRules rules = request.sampling().rules();
    requireInVocabulary(request.stop().stopTokenIds(), "stop_token_ids");
    requireInVocabulary(rules.forcedEosTokenIds(), "forced_eos_token_id");
    requireInVocabulary(rules.logitBias().keySet(), "logit_bias");
    requireInVocabulary(rules.allowedTokenIds(), "allowed_token_ids");
    int told = EngineLimits.told(output, request.stream(), asked.size() * output.n());
    List<int[]> prompts = new ArrayList<>();
    List<Integer> maxTokens = new ArrayList<>();
    for (int i = 0; i < asked.size(); i++) {
      String param = param(asked.get(i)) + (asked.size() == 1 ? "" : "[" + i + "]");
      int[] prompt = tokens(asked.get(i), request, param);
      prompts.add(prompt);
      maxTokens.add(
          isComputed(request) ? limits.outputLen(param, prompt.length, request.stop(), told) : 0);
    }
    limits.check(
        output,
        request.stream(),
        prompts.stream().mapToInt(prompt -> prompt.length).sum(),
        maxTokens.stream().mapToInt(Integer::intValue).sum());
    BadWords badWords =
        BadWords.of(rules.badWords(), text -> tokenizer.encode(text, false), vocabSize);
    List<PromptChoices> answered = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      List<Choice> choices = choices(request, i, prompts.get(i), maxTokens.get(i), badWords, prior);
      boolean tells = output.tellsPrompt() && !prior.prompts().contains(i);
      answered.add(
          new PromptChoices(choices, tells ? promptLogprobs(request, i, prompts.get(i)) : null));
    }
    return new Generation(request.id(), attempt, output, answered, replies);
  }

  /** Whether the model is asked, rather than the tokenizer alone. */
  private static boolean isComputed(GenerationRequest request) {
    return !request.stop().promptOnly() || request.output().promptLogprobs() != null;
  }

  private static String param(Prompt prompt) {
    return prompt.match(text -> "prompt", tokens -> "prompt", chat -> "messages");
  }

  private int[] tokens(Prompt asked, GenerationRequest request, String param) {
    int[] prompt = encoder.encode(asked, request.tokenizing());
    requireInVocabulary(Arrays.stream(prompt).boxed().toList(), param);
    Integer most = request.tokenizing().truncatePromptTokens();
    if (most == null) {
      return prompt;
    }
    int kept = most < 0 ? limits.longestPrompt(request.stop()) : most;
    return prompt.length <= kept
        ? prompt
        : Arrays.copyOfRange(prompt, prompt.length - kept, prompt.length);
  }

  private List<Choice> choices(
      GenerationRequest request,
      int promptIndex,
      int[] prompt,
      int maxTokens,
      BadWords badWords,
      PriorOutput prior) {
    OutputParams output = request.output();
    StopCriteria stop = request.stop();
    Set<Integer> stopTokens = stopTokens(stop);
    AnswerGrammar grammar =
        stop.promptOnly() ? null : grammar(request, request.prompt().each().get(promptIndex));
    long arrival = arrivals.getAndAdd(output.bestOf());
    // Prompts of a request that names no seed draw apart.
    String id = promptIndex == 0 ? request.id() : request.id() + "/" + promptIndex;
    int firstIndex = promptIndex * output.bestOf();
    boolean resumes = prior.isBegun(firstIndex, firstIndex + output.bestOf());
    long priority = request.scheduling().rank();
    Sequence shared = new Sequence(id, priority, arrival, prompt);
    ChatOutput said = said(request, promptIndex, prompt);
    if (output.promptLogprobs() != null && !prior.prompts().contains(promptIndex)) {
      shared.wantPromptLogprobs();
    }
    Sampling sampling = Sampling.of(request.sampling(), recommended, CounterBasedRandom.seedOf(id));
    StopConditions conditions =
        new StopConditions(maxTokens, stop.minTokens(), stopTokens, stop.includeStopStrInOutput());
    List<Choice> choices = new ArrayList<>();
    for (int i = 0; i < output.bestOf(); i++) {
      // Answers that were told apart have no more than the prompt in common.
      Sequence own = resumes ? new Sequence(id + "#" + i, priority, arrival + i, prompt) : shared;
      Choice choice =
          new Choice(
              firstIndex + i,
              arrival + i,
              own,
              sampling.forAnswer(i),
              badWords,
              conditions,
              text(prompt, request, said),
              said.answer(firstIndex + i),
              tokens(output, prompt),
              output.logprobs() != null || output.chooses(),
              grammar == null ? null : constraints.answer(grammar, said.begun(), stopTokens),
              said.budget(tokenizer));
      choice.resume(prior.choice(firstIndex + i));
      if (!isComputed(request)) {
        choice.endAtOnce();
      }
      choices.add(choice);
    }
    return choices;
  }

  private ChatOutput said(GenerationRequest request, int promptIndex, int[] prompt) {
    Prompt asked = request.prompt().each().get(promptIndex);
    OutputFormat format =
        asked.match(text -> OutputFormat.TEXT, ids -> OutputFormat.TEXT, this::format);
    String end = format.reasoning() == null ? "" : ChatOutput.end(prompt, tokenizer);
    return ChatOutput.of(request, asked, format, end);
  }

  private AnswerText text(int[] prompt, GenerationRequest request, ChatOutput said) {
    StopCriteria stop = request.stop();
    boolean skips = request.output().skipSpecialTokens();
    return new AnswerText(
        tokenizer.newStreamDecoder(prompt, skips ? said.hidden(tokenizer) : Set.of()),
        new StopMatcher(stop.stop(), stop.includeStopStrInOutput()));
  }

  private AnswerTokens tokens(OutputParams output, int[] prompt) {
    return output.logprobs() == null
        ? new AnswerTokens(null, 0, false)
        : new AnswerTokens(logprobsFactory, output.logprobs(), logprobsFactory.areSpecial(prompt));
  }

  /**
   * The collector of what a request asks about one of its prompts. Text is echoed as it was sent,
   * token ids as the model reads them.
   */
  private PromptLogprobs promptLogprobs(GenerationRequest request, int index, int[] prompt) {
    boolean skips = request.output().skipSpecialTokens();
    String echo = null;
    if (request.output().echo()) {
      Prompt asked = request.prompt().each().get(index);
      echo =
          asked.match(
              Prompt.Text::text,
              tokens -> tokenizer.decode(prompt, skips),
              chat -> tokenizer.decode(prompt, skips));
    }
    return new PromptLogprobs(
        index,
        logprobsFactory,
        tokenizer.newStreamDecoder(new int[0], skips),
        prompt,
        echo,
        request.output());
  }

  /** Frees the tokenizer. */
  @Override
  public void close() {
    constraints.close();
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
