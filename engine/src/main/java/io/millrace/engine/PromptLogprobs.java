package io.millrace.engine;

import io.millrace.engine.sampling.TokenScores;
import io.millrace.models.text.StreamDecoder;
import io.millrace.protocol.OutputParams;
import io.millrace.protocol.PromptReport;
import io.millrace.protocol.TokenLogprobs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is told of a prompt: its log-probabilities, collected while it is computed, chunk by chunk,
 * its echo and its tokens.
 */
final class PromptLogprobs {
  private final int index;
  private final TokenLogprobsFactory factory;
  private final StreamDecoder decoder;
  private final int[] prompt;
  private final @Nullable String echo;
  private final OutputParams output;
  private final @Nullable TokenScores[] scores;

  /**
   * @param index which of the request's prompts
   * @param decoder that has seen nothing yet
   * @param echo the prompt's text; null unless it is echoed
   * @param output what is to be told
   */
  PromptLogprobs(
      int index,
      TokenLogprobsFactory factory,
      StreamDecoder decoder,
      int[] prompt,
      @Nullable String echo,
      OutputParams output) {
    this.index = index;
    this.factory = factory;
    this.decoder = decoder;
    this.prompt = prompt;
    this.echo = echo;
    this.output = output;
    this.scores = new TokenScores[prompt.length];
  }

  /** Adds the scores of consecutive tokens; adding them again does no harm. */
  void take(int from, List<TokenScores> more) {
    for (int i = 0; i < more.size(); i++) {
      scores[from + i] = more.get(i);
    }
  }

  PromptReport report() {
    Integer alternatives = output.promptLogprobs();
    return new PromptReport(
        index,
        echo,
        alternatives == null ? List.of() : places(alternatives),
        output.returnTokenIds() ? Arrays.stream(prompt).boxed().toList() : List.of(),
        output.returnTokenStrs() ? factory.texts(prompt) : List.of());
  }

  private List<TokenLogprobs> places(int count) {
    List<TokenLogprobs> places = new ArrayList<>();
    int offset = 0;
    boolean first = true;
    for (int i = 0; i < prompt.length; i++) {
      TokenScores known = scores[i];
      places.add(
          known == null
              ? factory.firstPlace(prompt[i])
              : factory.place(known, count, offset, first));
      first &= factory.isSpecial(prompt[i]);
      String more = decoder.append(prompt[i]);
      offset += more.codePointCount(0, more.length());
    }
    return places;
  }
}
