package io.millrace.standalone;

import io.millrace.engine.EngineLimits;
import io.millrace.engine.EngineThread;
import io.millrace.engine.GenerationFactory;
import io.millrace.engine.model.ComputedStep;
import io.millrace.engine.model.LanguageModel;
import io.millrace.engine.model.ModelSpec;
import io.millrace.engine.model.StepResult;
import io.millrace.engine.sampling.SamplingBatch;
import io.millrace.engine.schedule.Policy;
import io.millrace.engine.schedule.Sequence;
import io.millrace.engine.schedule.StepPlan;
import io.millrace.models.text.ModelText;
import io.millrace.models.text.Tokenizer;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.SamplingParams;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * A model that says {@link #ANSWER} to everything, and whose steps hang, like native code that no
 * interrupt reaches, until they are let go, or fail.
 */
final class HangingModel implements LanguageModel {
  static final String ANSWER = "as told";

  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch over = new CountDownLatch(1);
  private final int[] answer;
  private final int eos;
  private volatile @Nullable String failure;

  private HangingModel(Tokenizer tokenizer) {
    this.answer = tokenizer.encode(ANSWER, false);
    this.eos = tokenizer.id("</s>").orElseThrow();
  }

  /** An engine on a model, with the text of a checkpoint. */
  record Engine(EngineThread thread, HangingModel model) implements AutoCloseable {
    static Engine on(Path checkpoint) {
      Tokenizer tokenizer = ModelText.load(checkpoint).tokenizer();
      HangingModel model = new HangingModel(tokenizer);
      GenerationFactory factory =
          new GenerationFactory(
              tokenizer,
              (prompt, params) -> tokenizer.encode(((Prompt.Text) prompt).text(), true),
              SamplingParams.NONE,
              Set.of(model.eos),
              384,
              EngineLimits.of(64, null, null, null, 4));
      EngineThread thread =
          EngineThread.start(
              () -> new EngineThread.LoadedModel(model, factory), Policy.mixed(4, 16), true);
      return new Engine(thread, model);
    }

    @Override
    public void close() {
      model.letGo();
      thread.close();
    }
  }

  void awaitStep() throws InterruptedException {
    begun.await();
  }

  void letGo() {
    over.countDown();
  }

  /** Lets all steps fail by what a native library says. */
  void fail(String message) {
    failure = message;
    letGo();
  }

  @Override
  public ComputedStep compute(StepPlan plan) {
    begun.countDown();
    boolean interrupted = false;
    while (over.getCount() > 0) {
      try {
        over.await();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (failure != null) {
      throw new IllegalStateException(failure);
    }
    return new ComputedStep() {
      @Override
      public StepResult sample(SamplingBatch sampling) {
        return new StepResult(plan.sampled().stream().mapToInt(HangingModel.this::next).toArray());
      }

      @Override
      public void close() {}
    };
  }

  private int next(Sequence sequence) {
    int said = sequence.numOutputTokens();
    return said < answer.length ? answer[said] : eos;
  }

  @Override
  public String kernel() {
    return "scripted";
  }

  @Override
  public ModelSpec spec() {
    throw new UnsupportedOperationException();
  }

  @Override
  public int numBlocks() {
    return 64;
  }

  @Override
  public int blockSize() {
    return 4;
  }

  @Override
  public String device() {
    return "cpu";
  }

  @Override
  public float[][] logits(StepPlan plan) {
    throw new UnsupportedOperationException();
  }

  @Override
  public float[][] logitsOfAllTokens(StepPlan plan) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    // Nothing is held.
  }
}
