package io.millrace.engine.decoder;

import java.util.List;

/**
 * The decoder of any step whose results for a token are the same to the bit whatever else is in the
 * step: prompts and answers go through one kernel, a few rows at a time. Where a prompt was cut, or
 * how many share a batch, cannot be seen in any answer.
 */
public final class BatchInvariantDecoder implements Decoder {
  private final String label;
  private final int maxRows;
  private final ForwardPass<?, LayerCache> pass;
  private final JavaDecoder.Parts parts;

  /**
   * @param maxRows computed at a time
   * @param pass whose results for a row do not depend on the others
   */
  public BatchInvariantDecoder(
      String label, int maxRows, ForwardPass<?, LayerCache> pass, JavaDecoder.Parts parts) {
    this.label = label;
    this.maxRows = maxRows;
    this.pass = pass;
    this.parts = parts;
  }

  @Override
  public String label() {
    return label;
  }

  @Override
  public boolean takes(StepInput step) {
    return true;
  }

  @Override
  public StepOutput compute(StepInput step) {
    List<LayerCache> cache = parts.cache().layers();
    return StepParts.compute(step, maxRows, part -> logitsOf(part, cache), parts.sampler());
  }

  private float[] logitsOf(StepInput part, List<LayerCache> cache) {
    pass.run(part, parts.embedding().rows(part.tokens()), cache);
    return part.wanted().length == 0 ? new float[0] : pass.logits();
  }

  /** Closes nothing, because all parts are shared. */
  @Override
  public void close() {}
}
