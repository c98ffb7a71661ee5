package io.millrace.engine.decoder.torch;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.millrace.engine.decoder.LogitsSampler;
import io.millrace.engine.decoder.PromptTargets;
import io.millrace.engine.decoder.PromptTargets.Run;
import io.millrace.engine.model.StepResult;
import io.millrace.engine.model.StepResult.PromptScores;
import io.millrace.engine.sampling.SamplingBatch;
import io.millrace.engine.sampling.SamplingBatch.Scored;
import io.millrace.engine.sampling.TokenScores;
import io.millrace.protocol.OutputParams;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The sampler in the program, from logits to tokens: ids and a few numbers are all that comes back.
 */
public final class TorchSampler implements LogitsSampler {
  private final TorchProgram program;
  private final PtNDManager manager;
  private final TorchThreads threads;

  public TorchSampler(TorchProgram program, PtNDManager manager, TorchThreads threads) {
    this.program = program;
    this.manager = manager;
    this.threads = threads;
  }

  @Override
  public StepResult sample(
      float[] logits, int rows, SamplingBatch sampling, PromptTargets prompts) {
    threads.useFor(rows);
    try (PtNDManager scope = (PtNDManager) manager.newSubManager();
        IValue value = IValue.from(tensor(scope, logits, rows))) {
      return sample(value, sampling, prompts);
    }
  }

  /**
   * Samples from the first rows of logits, and scores prompts by the rows after them; the logits
   * are used up.
   *
   * @param logits [rows, vocab]
   */
  StepResult sample(IValue logits, SamplingBatch batch, PromptTargets prompts) {
    if (!prompts.isEmpty()) {
      return sampleAndScorePrompts(logits, batch, prompts);
    }
    return batch.numRows() == 0 ? StepResult.NOTHING : sample(logits, batch);
  }

  private StepResult sample(IValue logits, SamplingBatch batch) {
    try (ProgramArguments arguments = new ProgramArguments(manager)) {
      arguments.shared(logits);
      arguments
          .addTensors(batch.editColumns())
          .addTensors(batch.plain().columns())
          .addTensors(batch.filtered().columns())
          .add(batch.filtered().candidates());
      return batch.scored().rows().length == 0
          ? new StepResult(ids(program.tensor(arguments.tensors(), "sample", arguments.values())))
          : sampleScored(arguments, batch);
    }
  }

  private StepResult sampleAndScorePrompts(
      IValue logits, SamplingBatch batch, PromptTargets targets) {
    int first = targets.first();
    List<PromptScores> prompts = scorePrompts(logits, first, targets);
    if (first == 0) {
      return StepResult.NOTHING.withPrompts(prompts);
    }
    try (ProgramArguments arguments = new ProgramArguments(manager)) {
      arguments.shared(logits).add(first);
      try (IValue sampled = program.call("first_rows", arguments.values())) {
        return sample(sampled, batch).withPrompts(prompts);
      }
    }
  }

  private static PtNDArray tensor(PtNDManager scope, float[] logits, int rows) {
    Shape shape = new Shape(rows, rows == 0 ? 0 : logits.length / rows);
    return rows == 0
        ? scope.create(shape, DataType.FLOAT32)
        : scope.create(FloatBuffer.wrap(logits), shape, DataType.FLOAT32);
  }

  private StepResult sampleScored(ProgramArguments arguments, SamplingBatch batch) {
    Scored scored = batch.scored();
    arguments.add(scored.rows()).add(scored.sources()).add(scored.alternatives());
    try (IValue result = program.call("sample_scored", arguments.values())) {
      PtNDArray[] columns = result.toTensorArray(arguments.tensors());
      int[] ids = ids(columns[0]);
      int[] tokens = Arrays.stream(scored.rows()).mapToInt(row -> ids[(int) row]).toArray();
      List<TokenScores> found = scores(columns, 1, tokens);
      List<@Nullable TokenScores> scores =
          new ArrayList<>(Collections.nCopies(batch.numRows(), null));
      for (int i = 0; i < tokens.length; i++) {
        scores.set((int) scored.rows()[i], found.get(i));
      }
      return new StepResult(ids, scores);
    }
  }

  private List<PromptScores> scorePrompts(IValue logits, int first, PromptTargets targets) {
    long[] tokens = targets.tokens();
    try (ProgramArguments arguments = new ProgramArguments(manager)) {
      arguments.shared(logits).add(first).add(tokens).add(OutputParams.MAX_LOGPROBS);
      try (IValue result = program.call("score_prompt", arguments.values())) {
        List<TokenScores> all =
            scores(
                result.toTensorArray(arguments.tensors()),
                0,
                Arrays.stream(tokens).mapToInt(token -> (int) token).toArray());
        List<PromptScores> prompts = new ArrayList<>();
        int at = 0;
        for (Run run : targets.runs()) {
          prompts.add(
              new PromptScores(run.sequence(), run.from(), all.subList(at, at + run.count())));
          at += run.count();
        }
        return prompts;
      }
    }
  }

  /**
   * The scores in the columns of the program's {@code scores}: a token's log-probability and rank,
   * the top tokens and their log-probabilities.
   */
  private static List<TokenScores> scores(PtNDArray[] columns, int first, int[] tokens) {
    float[] own = columns[first].toFloatArray();
    long[] ranks = columns[first + 1].toLongArray();
    int width = (int) columns[first + 2].getShape().get(1);
    long[] top = width == 0 ? new long[0] : columns[first + 2].toLongArray();
    float[] topLogprobs = width == 0 ? new float[0] : columns[first + 3].toFloatArray();
    List<TokenScores> scores = new ArrayList<>(tokens.length);
    for (int i = 0; i < tokens.length; i++) {
      int[] ids = new int[width];
      double[] logprobs = new double[width];
      for (int j = 0; j < width; j++) {
        ids[j] = (int) top[i * width + j];
        logprobs[j] = shortest(topLogprobs[i * width + j]);
      }
      double logprob = shortest(own[i]);
      scores.add(new TokenScores(tokens[i], logprob, (int) ranks[i], ids, logprobs));
    }
    return scores;
  }

  /** A double that is printed as the float is, without digits that a float does not have. */
  private static double shortest(float value) {
    return Double.parseDouble(Float.toString(value));
  }

  private static int[] ids(PtNDArray column) {
    long[] ids = column.toLongArray();
    int[] tokens = new int[ids.length];
    for (int i = 0; i < ids.length; i++) {
      tokens[i] = Math.toIntExact(ids[i]);
    }
    return tokens;
  }
}
