package io.millrace.engine.model;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.millrace.engine.model.PromptTargets.Run;
import io.millrace.engine.model.StepResult.PromptScores;
import io.millrace.engine.sampling.Edits;
import io.millrace.engine.sampling.SamplingBatch;
import io.millrace.engine.sampling.SamplingBatch.Drawn;
import io.millrace.engine.sampling.SamplingBatch.Scored;
import io.millrace.engine.sampling.TokenScores;
import io.millrace.protocol.OutputParams;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** From logits to tokens, by the program; ids and a few numbers are all that comes back. */
final class Sampler {
  private final Program program;
  private final PtNDManager manager;

  Sampler(Program program, PtNDManager manager) {
    this.program = program;
    this.manager = manager;
  }

  /** Samples; the logits are used up. */
  StepResult sample(IValue logits, SamplingBatch batch) {
    try (Arguments arguments = new Arguments(manager)) {
      arguments.shared(logits);
      addEdits(arguments, batch);
      addDrawn(arguments, batch.plain());
      addDrawn(arguments, batch.filtered());
      arguments.add(batch.filtered().candidates());
      return batch.scored().rows().length == 0
          ? new StepResult(ids(program.tensor(arguments.tensors(), "sample", arguments.values())))
          : sampleScored(arguments, batch);
    }
  }

  /** The same for a step that tells of prompts, too, in the rows after those to be sampled. */
  StepResult sampleAndScorePrompts(IValue logits, SamplingBatch batch, PromptTargets targets) {
    int first = numLogitsRows(batch);
    List<PromptScores> prompts = scorePrompts(logits, first, targets);
    if (first == 0) {
      return StepResult.NOTHING.with(prompts);
    }
    try (Arguments arguments = new Arguments(manager)) {
      arguments.shared(logits).add(first);
      try (IValue sampled = program.call("first_rows", arguments.values())) {
        return sample(sampled, batch).with(prompts);
      }
    }
  }

  private StepResult sampleScored(Arguments arguments, SamplingBatch batch) {
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
      return new StepResult(ids, scores, List.of());
    }
  }

  private List<PromptScores> scorePrompts(IValue logits, int first, PromptTargets targets) {
    long[] tokens = targets.tokens();
    try (Arguments arguments = new Arguments(manager)) {
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

  /** From the columns of the program's {@code scores}: own, rank, top tokens, theirs. */
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

  /** The same number to those who print it, without digits that a float does not have. */
  private static double shortest(float value) {
    return Double.parseDouble(Float.toString(value));
  }

  private static int numLogitsRows(SamplingBatch batch) {
    return batch.sources().length == 0
        ? batch.numRows()
        : 1 + (int) Arrays.stream(batch.sources()).max().orElseThrow();
  }

  private static int[] ids(PtNDArray column) {
    long[] ids = column.toLongArray();
    int[] tokens = new int[ids.length];
    for (int i = 0; i < ids.length; i++) {
      tokens[i] = Math.toIntExact(ids[i]);
    }
    return tokens;
  }

  /** All of a kind, or nothing at all, which is what most steps have. */
  private static void addEdits(Arguments arguments, SamplingBatch batch) {
    Edits edits = batch.edits();
    if (edits.isEmpty() && batch.sources().length == 0) {
      arguments.addTensors();
      return;
    }
    arguments.addTensors(
        batch.sources(),
        edits.penalties().rows(),
        edits.penalties().tokens(),
        edits.penalties().counts(),
        edits.penalties().repetition(),
        edits.penalties().presence(),
        edits.penalties().frequency(),
        edits.forbidden().rows(),
        edits.forbidden().tokens(),
        edits.forced().rows(),
        edits.forced().tokens(),
        edits.biases().rows(),
        edits.biases().tokens(),
        edits.biases().values());
  }

  private static void addDrawn(Arguments arguments, Drawn drawn) {
    arguments.addColumns(
        drawn.rows(), drawn.temperature(), drawn.topK(), drawn.topP(), drawn.minP(), drawn.draws());
  }
}
