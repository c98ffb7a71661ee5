package io.millrace.worker.model;

/**
 * One step as the program wants it: a row for each token, rows of sequences that compute a single
 * token ("decode rows", D of them) first.
 *
 * @param tokens [rows]
 * @param positions [rows] within their sequences
 * @param blocks [rows] cache block that takes the row's key and value
 * @param offsets [rows] place within that block
 * @param readers [N] for each cache block that decode rows read, the row that reads it
 * @param sums [N] the row that the block's part of the result is added to; D for unused blocks
 * @param inPlace the first so many of the N are the cache's first blocks, in order
 * @param gathered [N - inPlace] the other blocks, which are copied
 * @param scoreOrder [D x longest block table] which of the N a decode row's blocks are; 0 where its
 *     table is shorter
 * @param blockOrder [N] the inverse: which entry of scoreOrder a block is
 * @param chunks for each sequence with more rows: rows, context length, and begin and end of its
 *     block table in {@code tables}
 * @param tables block tables of those sequences, one after the other
 * @param wanted rows of which logits are wanted
 */
public record Batch(
    long[] tokens,
    long[] positions,
    long[] blocks,
    long[] offsets,
    long[] readers,
    long[] sums,
    int inPlace,
    long[] gathered,
    long[] scoreOrder,
    long[] blockOrder,
    long[] chunks,
    long[] tables,
    long[] wanted) {}
