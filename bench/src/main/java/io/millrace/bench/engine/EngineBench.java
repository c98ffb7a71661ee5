package io.millrace.bench.engine;

import io.millrace.bench.engine.EngineDriver.Step;
import io.millrace.bench.stats.Summary;
import io.millrace.cli.StartFailure;
import io.millrace.engine.model.LanguageModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * The benchmark of a model at a batch size and a context. A run first computes the prompts, {@code
 * batch} of {@code context} random tokens, and nothing beside them; then it has the batch hold
 * these prompts and times some steps of one token a sequence. While the prompts enter, those that
 * came first are answered already, as in the engine, so the earliest are a few tokens ahead when
 * the clock starts.
 *
 * @param maxNumBatchedTokens tokens a step: prompts are computed in chunks of so many
 * @param steps decode steps of a run
 * @param runs runs, each with prompts of its own
 */
public record EngineBench(LanguageModel model, int maxNumBatchedTokens, int steps, int runs) {
  private static final int WARM_CONTEXT = 16;
  private static final int WARM_STEPS = 8;
  private static final double NANOS_A_SECOND = 1e9;
  private static final double NANOS_A_MILLI = 1e6;
  private static final double LOW = 10;
  private static final double HIGH = 90;

  /**
   * Refuses a batch and a context that the model cannot hold.
   *
   * @throws StartFailure in one line
   */
  public void check(int batch, int context) {
    int longest = context + steps + ahead(batch, context);
    int most = model.spec().maxPositions();
    if (longest > most) {
      throw new StartFailure(
          "--context %d takes %d positions with its answers, but model and cache have %d"
              .formatted(context, longest, most));
    }
    long blocks = (long) batch * ((longest + model.blockSize() - 1) / model.blockSize());
    if (blocks > model.numBlocks()) {
      throw new StartFailure(
          "--batch %d at --context %d takes %d blocks of the KV cache, which has %d: give"
                  .formatted(batch, context, blocks, model.numBlocks())
              + " --kv-cache-memory more");
    }
  }

  /**
   * Runs steps as they are measured later until the JVM's compiler has done with them: what happens
   * once only is not measured.
   */
  private void warmUp(int batch) {
    Random random = new Random(0);
    JitActivity compiler = new JitActivity();
    do {
      EngineDriver driver = new EngineDriver(model, batch, maxNumBatchedTokens);
      driver.start(prompts(batch, WARM_CONTEXT, random));
      for (int i = 0; i < WARM_STEPS; i++) {
        driver.step();
      }
    } while (!compiler.hasSettled());
  }

  /** Measures a batch of prompts of as many tokens. */
  public EngineResult measure(int batch, int context) {
    warmUp(batch);
    Random random = new Random(31L * batch + context);
    List<Double> prefill = new ArrayList<>();
    List<Double> decode = new ArrayList<>();
    List<Step> all = new ArrayList<>();
    for (int run = 0; run < runs; run++) {
      List<int[]> prompts = prompts(batch, context, random);
      EngineDriver driver = new EngineDriver(model, batch, maxNumBatchedTokens);
      long started = System.nanoTime();
      driver.prefill(prompts);
      prefill.add(perSecond((long) batch * context, System.nanoTime() - started));
      driver.start(prompts);
      List<Step> timed = decode(driver);
      decode.add(perSecond((long) batch * steps, nanos(timed)));
      all.addAll(timed);
    }
    return result(batch, context, prefill, decode, all);
  }

  private List<Step> decode(EngineDriver driver) {
    List<Step> timed = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      timed.add(driver.step());
    }
    return timed;
  }

  private static EngineResult result(
      int batch, int context, List<Double> prefill, List<Double> decode, List<Step> steps) {
    Summary rates =
        Summary.of(steps.stream().mapToDouble(step -> perSecond(batch, step.nanos())).toArray());
    Summary times = Summary.of(steps.stream().mapToDouble(Step::nanos).toArray());
    long host = steps.stream().mapToLong(Step::hostNanos).sum();
    return new EngineResult(
        batch,
        context,
        Summary.of(prefill).median(),
        Summary.of(decode).median(),
        rates.percentile(LOW),
        rates.percentile(HIGH),
        times.median() / NANOS_A_MILLI,
        (double) host / nanos(steps));
  }

  /** Most tokens that the first sequence is ahead of the last when the clock starts. */
  private int ahead(int batch, int context) {
    double chunks = 0;
    for (int answered = 0; answered < batch; answered++) {
      // Each sequence that is answered already has one token of the budget.
      chunks += (double) context / (maxNumBatchedTokens - answered);
    }
    return (int) Math.ceil(chunks);
  }

  private List<int[]> prompts(int batch, int context, Random random) {
    List<int[]> prompts = new ArrayList<>();
    for (int i = 0; i < batch; i++) {
      prompts.add(random.ints(context, 0, model.spec().vocab()).toArray());
    }
    return prompts;
  }

  private static long nanos(List<Step> steps) {
    return steps.stream().mapToLong(Step::nanos).sum();
  }

  private static double perSecond(long tokens, long nanos) {
    return tokens * NANOS_A_SECOND / nanos;
  }
}
