package io.millrace.worker.engine;

import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.Reply;
import io.millrace.protocol.StopCriteria;
import io.millrace.worker.engine.Generation.Ending;
import io.millrace.worker.sampling.Draws;
import io.millrace.worker.sampling.SamplingDefaults;
import io.millrace.worker.schedule.Sequence;
import io.millrace.worker.text.StopMatcher;
import io.millrace.worker.text.Tokenizer;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Turns requests into generations: encodes the prompt, applies limits and defaults. Every method
 * may be called from any thread.
 */
public final class GenerationFactory implements AutoCloseable {
  private final Tokenizer tokenizer;
  private final PromptEncoder encoder;
  private final SamplingDefaults defaults;
  private final Set<Integer> eosTokens;
  private final int vocabSize;
  private final EngineLimits limits;
  private final AtomicLong arrivals = new AtomicLong();

  /**
   * @param eosTokens tokens with which the model ends an answer
   * @param vocabSize of the model, whose embedding may have fewer or more rows than the tokenizer
   *     has tokens
   */
  public GenerationFactory(
      Tokenizer tokenizer,
      PromptEncoder encoder,
      SamplingDefaults defaults,
      Set<Integer> eosTokens,
      int vocabSize,
      EngineLimits limits) {
    this.tokenizer = tokenizer;
    this.encoder = encoder;
    this.defaults = defaults;
    this.eosTokens = Set.copyOf(eosTokens);
    this.vocabSize = vocabSize;
    this.limits = limits;
  }

  EngineLimits limits() {
    return limits;
  }

  /**
   * Prepares a request.
   *
   * @throws Invalid if it cannot be answered as it is
   */
  Generation create(GenerationRequest request, int attempt, Consumer<Reply> replies) {
    int[] prompt = encoder.encode(request.prompt());
    String param = request.prompt() instanceof Prompt.Chat ? "messages" : "prompt";
    int maxTokens = limits.outputLen(param, prompt.length, request.stop());
    requireInVocabulary(prompt, param);
    requireInVocabulary(
        request.stop().stopTokenIds().stream().mapToInt(Integer::intValue).toArray(),
        "stop_token_ids");
    return new Generation(
        new Sequence(request.id(), 0, arrivals.getAndIncrement(), prompt),
        attempt,
        defaults.resolve(request.sampling(), Draws.seedOf(request.id())),
        new Ending(maxTokens, request.stop().minTokens(), stopTokens(request.stop())),
        tokenizer.newStreamDecoder(prompt, true),
        new StopMatcher(request.stop().stop()),
        replies);
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

  private void requireInVocabulary(int[] tokens, String param) {
    for (int token : tokens) {
      if (token < 0 || token >= vocabSize) {
        throw new Invalid(
            param,
            "%s holds token id %d, but the vocabulary has %d".formatted(param, token, vocabSize));
      }
    }
  }
}
