package io.millrace.engine.model;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import io.millrace.engine.schedule.StepPlan;

/** Computes steps in Java instead of by the program. Sampling is the program's. */
interface Decoding {
  /** Names it in logs. */
  String label();

  /** Whether it can compute a step. */
  boolean takes(StepPlan plan);

  /**
   * The logits of some rows.
   *
   * @param wanted rows in the plan's order
   */
  PtNDArray logits(StepPlan plan, int[] wanted, KvCache cache, PtNDManager manager);

  /** The likeliest next token of each of some rows. */
  int[] likeliest(StepPlan plan, int[] wanted, KvCache cache, PtNDManager manager);
}
