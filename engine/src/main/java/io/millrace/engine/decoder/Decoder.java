package io.millrace.engine.decoder;

/**
 * A decoder runs the transformer: it computes steps, and writes the keys and values of their tokens
 * into the KV cache. Of a model's decoders, the first that takes a step computes it. For one thread
 * at a time.
 */
public interface Decoder extends AutoCloseable {

  /** Its name in logs and benchmarks. */
  String label();

  /** Whether this decoder can compute a step. */
  boolean takes(StepInput step);

  /**
   * Computes a step.
   *
   * @return the logits of the step's wanted rows; belongs to the caller, and is valid until the
   *     next step at most
   */
  StepOutput compute(StepInput step);

  @Override
  void close();
}
