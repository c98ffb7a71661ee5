package io.millrace.bench.perplexity;

import io.millrace.engine.Stepper;
import io.millrace.engine.model.LanguageModel;
import io.millrace.engine.schedule.BlockManager;
import io.millrace.engine.schedule.Scheduler;
import io.millrace.engine.schedule.Sequence;

/** The logits of a model after every token of a text, a few tokens at a time. */
final class LogitStream {
  /** Rows of logits are as wide as the vocabulary: a whole text's would fill the memory. */
  static final int MOST_TOKENS_A_STEP = 64;

  private final Sequence sequence;
  private final Stepper stepper;

  /**
   * @param tokensAStep {@link #MOST_TOKENS_A_STEP} at most; with 1 the text is read as answers are
   *     made
   */
  LogitStream(LanguageModel model, int[] tokens, int tokensAStep) {
    this.sequence = new Sequence("text", 0, 0, tokens);
    BlockManager blocks = new BlockManager(model.numBlocks(), model.blockSize());
    Scheduler scheduler = new Scheduler(blocks, 1, tokensAStep);
    scheduler.add(sequence);
    this.stepper = new Stepper(model, scheduler);
  }

  boolean hasNext() {
    return sequence.numComputedTokens() < sequence.numTokens();
  }

  /** The scores of all tokens after each of the next few positions. */
  float[][] next() {
    return stepper.logitsOfAllTokens(stepper.plan());
  }
}
