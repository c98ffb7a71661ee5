package io.millrace.engine.speculation;

/** A way of speculation in which each sequence is guessed by what it has said itself. */
public interface Speculation {

  /** Nothing is proposed while more sequences than so many share a step. */
  int disableByBatchSize();

  /** The speculator of a sequence. */
  Speculator speculator(int[] prompt);
}
