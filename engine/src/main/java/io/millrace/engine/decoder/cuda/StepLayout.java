package io.millrace.engine.decoder.cuda;

/**
 * The layout of a step's input, a list of ints that is sent to the device as one: where each column
 * begins. Steps of one layout are computed by the same launches.
 *
 * @param rows of the step
 * @param wanted rows whose logits are wanted
 * @param tokenTiles tiles of attention of spans of one token
 * @param promptTiles tiles of attention of longer spans
 */
record StepLayout(int rows, int wanted, int tokenTiles, int promptTiles) {
  /** Ints of a tile: attention_chunk.cu's Tile. */
  static final int TILE_INTS = 5;

  /** [rows] token ids. */
  int tokens() {
    return 0;
  }

  /** [rows] positions in their sequences. */
  int positions() {
    return rows;
  }

  /** [rows] places in the cache. */
  int slots() {
    return 2 * rows;
  }

  /** [wanted] rows. */
  int wantedRows() {
    return 3 * rows;
  }

  /** The tiles of spans of one token, then those of longer ones. */
  int tiles() {
    return wantedRows() + wanted;
  }

  int promptTilesBegin() {
    return tiles() + TILE_INTS * tokenTiles;
  }

  /** The blocks of all sequences, one sequence after the other. */
  int tables() {
    return promptTilesBegin() + TILE_INTS * promptTiles;
  }

  /** Whether every sequence computes a single token, of which the next is wanted. */
  boolean isDecode() {
    return promptTiles == 0 && wanted == rows;
  }
}
