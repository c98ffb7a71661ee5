package io.millrace.models.weights;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A tensor of a checkpoint, or some of its rows. Nothing is read before {@link #data()}, which
 * works anew at each call: keep the buffer, not the view. Views are immutable, for any thread, and
 * usable until their checkpoint is closed; buffers stay valid after that.
 */
public final class TensorView {
  private final String name;
  private final ElementType type;
  private final Shape shape;
  private final RowSource source;
  private final long firstRow;

  TensorView(String name, ElementType type, Shape shape, RowSource source) {
    this(name, type, shape, source, 0);
  }

  private TensorView(String name, ElementType type, Shape shape, RowSource source, long firstRow) {
    this.name = name;
    this.type = type;
    this.shape = shape;
    this.source = source;
    this.firstRow = firstRow;
  }

  /** A tensor that is used as its file stores it. */
  static TensorView mapped(MappedFile file, StoredTensor tensor) {
    return new TensorView(
        tensor.name(), tensor.type(), tensor.shape(), RowSource.mapped(file, tensor));
  }

  public String name() {
    return name;
  }

  public ElementType type() {
    return type;
  }

  /** The dimensions, outermost first; none for a scalar. */
  public long[] shape() {
    return shape.dimensions();
  }

  public long elements() {
    return shape.elements();
  }

  /** Bytes of {@link #data()}. */
  public long bytes() {
    return type.bytes(shape.elements());
  }

  /**
   * The numbers, row by row: little-endian, in a direct buffer that begins with the first and ends
   * with the last. Code that hands the buffer's address to a native library must keep the buffer
   * reachable for as long as that address is used.
   *
   * @throws IllegalStateException if they take more than 2 GiB: read such a tensor by {@link
   *     #pieces}
   * @throws BadCheckpoint if the file cannot be read any more
   */
  public ByteBuffer data() {
    if (bytes() > Integer.MAX_VALUE) {
      throw new IllegalStateException(
          "%s has %d bytes, more than one buffer takes".formatted(name, bytes()));
    }
    return elements() == 0 ? RowSource.allocate(0) : source.read(firstRow, shape.rows());
  }

  /**
   * Copies the numbers, as {@link #data} has them, into a buffer of at least {@link #bytes()},
   * whose limit they decide. For what is read once: nothing of the file stays in this process.
   *
   * @param into direct and little-endian
   */
  public void read(ByteBuffer into) {
    into.clear().limit(Math.toIntExact(bytes()));
    if (elements() > 0) {
      source.read(firstRow, shape.rows(), into);
    }
    into.flip();
  }

  /**
   * The rows from {@code from} (inclusive) to {@code to} (exclusive) of the first dimension. A
   * scalar has one row, itself.
   */
  public TensorView rows(long from, long to) {
    if (from < 0 || from > to || to > shape.rows()) {
      throw new IndexOutOfBoundsException(
          "rows %d to %d of %s, which has %d".formatted(from, to, name, shape.rows()));
    }
    return new TensorView(name, type, shape.withRows(to - from), source, firstRow + from);
  }

  /**
   * Consecutive runs of rows that make up this tensor, for reading it with bounded memory.
   *
   * @param maxBytes what a piece takes at most; a single row is never cut
   */
  public List<TensorView> pieces(long maxBytes) {
    long rows = shape.rows();
    long rowBytes = rows == 0 ? 0 : bytes() / rows;
    long perPiece = rowBytes == 0 ? Math.max(1, rows) : Math.max(1, maxBytes / rowBytes);
    List<TensorView> pieces = new ArrayList<>();
    for (long from = 0; from < rows; from += perPiece) {
      pieces.add(rows(from, Math.min(rows, from + perPiece)));
    }
    return pieces;
  }

  /** The whole tensor with its blocks worked out to float32; itself if it has none. */
  TensorView dequantized() {
    return type.quantized()
        ? new TensorView(
            name,
            ElementType.F32,
            shape,
            new DequantizedRows(source, type, shape.rowElements()),
            firstRow)
        : this;
  }

  @Override
  public String toString() {
    return name + " " + type + shape;
  }
}
