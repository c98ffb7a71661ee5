package io.millrace.engine;

import io.millrace.engine.model.ComputedStep;
import io.millrace.engine.model.LanguageModel;
import io.millrace.engine.model.ModelSpec;
import io.millrace.engine.model.StepResult;
import io.millrace.engine.sampling.SamplingBatch;
import io.millrace.engine.schedule.Sequence;
import io.millrace.engine.schedule.StepPlan;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;

/** A model whose next token is what a script says, so that tests know every answer. */
final class ScriptedModel implements LanguageModel {
  private final ToIntFunction<Sequence> script;
  private final int numBlocks;
  private final CountDownLatch closed = new CountDownLatch(1);

  ScriptedModel(int numBlocks, ToIntFunction<Sequence> script) {
    this.numBlocks = numBlocks;
    this.script = script;
  }

  @Override
  public String kernel() {
    return "scripted";
  }

  @Override
  public ModelSpec spec() {
    return ModelSpec.of(
        JsonMapper.shared()
            .readTree(
                """
                {"architectures":["LlamaForCausalLM"],"hidden_size":8,"num_attention_heads":2,
                 "num_hidden_layers":1,"intermediate_size":8,"vocab_size":384,
                 "max_position_embeddings":64}
                """));
  }

  @Override
  public int numBlocks() {
    return numBlocks;
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
  public ComputedStep compute(StepPlan plan) {
    List<Sequence> rows = new ArrayList<>();
    plan.slices().forEach(it -> rows.addAll(Collections.nCopies(it.numWanted(), it.sequence())));
    int[] all = IntStream.range(0, rows.size()).toArray();
    return new ComputedStep() {
      @Override
      public StepResult sample(SamplingBatch sampling) {
        return new StepResult(
            IntStream.of(sampling.of(all)).map(i -> script.applyAsInt(rows.get(i))).toArray());
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public float[][] logits(StepPlan plan) {
    throw new IllegalStateException("nobody asks for logits here");
  }

  @Override
  public float[][] logitsOfAllTokens(StepPlan plan) {
    throw new IllegalStateException("nobody asks for logits here");
  }

  @Override
  public void close() {
    closed.countDown();
  }

  boolean isClosed() {
    return closed.getCount() == 0;
  }

  /** Waits until the engine lets it go. */
  void awaitClosed() {
    EngineThreadFixture.await(closed);
  }
}
