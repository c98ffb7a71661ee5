package io.millrace.engine.speculation;

/** A way of speculation, and where it ends to be one. */
public interface Speculation {

  /** Nothing is proposed while more sequences than so many share a step. */
  int disableByBatchSize();

  /** The speculator of a sequence. */
  Speculator speculator(int[] prompt);
}
