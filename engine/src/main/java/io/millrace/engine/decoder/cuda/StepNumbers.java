package io.millrace.engine.decoder.cuda;

import io.millrace.engine.decoder.Span;
import io.millrace.engine.decoder.StepInput;
import java.util.List;

/**
 * A step's input as the device takes it.
 *
 * @param ints all columns, laid out as {@code layout} says
 */
record StepNumbers(StepLayout layout, int[] ints) {

  /**
   * How a model's attention is cut into tiles.
   *
   * @param group query heads that share a key head
   * @param tokenColumns columns of a tile of a single token
   * @param promptColumns columns of a tile of a longer span
   */
  record Tiling(int group, int blockSize, int tokenColumns, int promptColumns) {

    /** Tiles of a span. */
    int tiles(Span span) {
      int columns = columnsOfATile(span);
      return (span.count() * group + columns - 1) / columns;
    }

    int columnsOfATile(Span span) {
      return span.count() == 1 ? tokenColumns : promptColumns;
    }
  }

  static StepNumbers of(StepInput step, Tiling tiling) {
    int[] tiles = new int[2];
    int blocks = 0;
    for (Span span : step.spans()) {
      tiles[span.count() == 1 ? 0 : 1] += tiling.tiles(span);
      blocks += span.table().length;
    }
    StepLayout layout = new StepLayout(step.numRows(), step.wanted().length, tiles[0], tiles[1]);
    int[] ints = new int[layout.tables() + blocks];
    System.arraycopy(step.tokens(), 0, ints, layout.tokens(), step.numRows());
    System.arraycopy(step.wanted(), 0, ints, layout.wantedRows(), step.wanted().length);
    new Writer(layout, tiling, ints).write(step.spans());
    return new StepNumbers(layout, ints);
  }

  /** The writer of what follows from spans. */
  private static final class Writer {
    private final StepLayout layout;
    private final Tiling tiling;
    private final int[] ints;
    private int row;
    private int table;
    private int tokenTile;
    private int promptTile;

    Writer(StepLayout layout, Tiling tiling, int[] ints) {
      this.layout = layout;
      this.tiling = tiling;
      this.ints = ints;
      this.tokenTile = layout.tiles();
      this.promptTile = layout.promptTilesBegin();
    }

    void write(List<Span> spans) {
      for (Span span : spans) {
        writeTiles(span);
        System.arraycopy(span.table(), 0, ints, layout.tables() + table, span.table().length);
        for (int position = span.from(); position < span.end(); position++, row++) {
          int block = span.table()[position / tiling.blockSize];
          ints[layout.positions() + row] = position;
          ints[layout.slots() + row] = block * tiling.blockSize + position % tiling.blockSize;
        }
        table += span.table().length;
      }
    }

    private void writeTiles(Span span) {
      boolean token = span.count() == 1;
      int columns = span.count() * tiling.group;
      for (int first = 0; first < columns; first += tiling.columnsOfATile(span)) {
        int at = token ? tokenTile : promptTile;
        ints[at] = row;
        ints[at + 1] = span.from();
        ints[at + 2] = columns;
        ints[at + 3] = first;
        ints[at + 4] = table;
        if (token) {
          tokenTile += StepLayout.TILE_INTS;
        } else {
          promptTile += StepLayout.TILE_INTS;
        }
      }
    }
  }
}
