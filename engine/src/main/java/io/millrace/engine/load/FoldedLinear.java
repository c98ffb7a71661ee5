package io.millrace.engine.load;

import io.millrace.engine.decoder.RowReader;

/**
 * A linear of a checkpoint after folding: its weight is read when it is packed, some rows at a
 * time, so that no more of a model than that is held twice.
 *
 * @param out rows of the weight
 * @param in columns of the weight
 * @param rows of the weight; may be read by several threads
 * @param factors [in], factors of the weight's columns; empty for none
 * @param bias [out], or empty for none
 */
record FoldedLinear(int out, int in, RowReader rows, float[] factors, float[] bias) {

  /** The same with other rows of the same shape. */
  FoldedLinear withRows(RowReader other) {
    return new FoldedLinear(out, in, other, factors, bias);
  }
}
