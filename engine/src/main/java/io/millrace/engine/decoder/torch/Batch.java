package io.millrace.engine.decoder.torch;

import java.util.Map;

/**
 * The input of a step as the TorchScript program takes it: a row for each token, rows of sequences
 * that compute a single token ("decode rows", D of them) first.
 *
 * @param tokens [rows]
 * @param positions [rows] within their sequences
 * @param slots [rows x kvHeads] place of each key and value in a layer's cache, counted in vectors
 * @param groups decode rows by the lengths of their block tables, longest first: for each group its
 *     number of rows, and the blocks that each of them is taken to have
 * @param readers [N] for each cache block that decode rows read, the row that reads it
 * @param sums [N] the row that the block's part of the result is added to; D for unused blocks
 * @param inPlace begin and end of the blocks that are read where they lie, the first of the N
 * @param gathered the other blocks of the N, which are copied
 * @param scoreOrder [all groups' rows x blocks] which of the N a decode row's blocks are; 0 where
 *     its table is shorter. Empty, like readers, sums and blockOrder, if the N lie in that order
 * @param blockOrder [N] the inverse: which entry of scoreOrder a block is
 * @param chunks for each sequence with more rows: rows, context length, and begin and end of its
 *     block table in {@code tables}
 * @param tables block tables of those sequences, one after the other
 * @param wanted rows of which logits are wanted
 */
record Batch(
    long[] tokens,
    long[] positions,
    long[] slots,
    long[] groups,
    long[] readers,
    long[] sums,
    long[] inPlace,
    long[] gathered,
    long[] scoreOrder,
    long[] blockOrder,
    long[] chunks,
    long[] tables,
    long[] wanted) {

  /** Adds the batch to a call: the program's {@code step}, then its {@code lists}. */
  void addTo(ProgramArguments arguments) {
    arguments
        .addTensors(
            Map.of(
                "tokens", tokens,
                "positions", positions,
                "slots", slots,
                "readers", readers,
                "sums", sums,
                "gathered", gathered,
                "score_order", scoreOrder,
                "block_order", blockOrder,
                "tables", tables,
                "wanted", wanted))
        .addLists(Map.of("groups", groups, "in_place", inPlace, "chunks", chunks));
  }
}
