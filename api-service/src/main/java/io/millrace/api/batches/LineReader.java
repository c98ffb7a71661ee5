package io.millrace.api.batches;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The reader of a file line by line, of which one line at a time is in memory, and of a line that
 * is too long no more than its beginning.
 */
final class LineReader implements AutoCloseable {
  private static final int BUFFER_BYTES = 64 << 10;
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  private final InputStream in;
  private final int mostBytes;
  private int number;
  private long offset;

  /**
   * A line.
   *
   * @param number from 1
   * @param content without the line feed
   * @param tooLong whether the content is the beginning only
   * @param end the offset behind its line feed; that of the last line if it has none is -1
   */
  record Line(int number, byte[] content, boolean tooLong, long end) {
    boolean isBlank() {
      for (byte each : content) {
        if (each != ' ' && each != '\t' && each != '\r') {
          return false;
        }
      }
      return true;
    }
  }

  LineReader(Path file, int mostBytes) throws IOException {
    this(Files.newInputStream(file), mostBytes);
  }

  LineReader(InputStream in, int mostBytes) throws IOException {
    this.in = new BufferedInputStream(in, BUFFER_BYTES);
    this.mostBytes = mostBytes;
    this.in.mark(BYTE_ORDER_MARK.length);
    byte[] head = this.in.readNBytes(BYTE_ORDER_MARK.length);
    if (Arrays.equals(head, BYTE_ORDER_MARK)) {
      offset = head.length;
    } else {
      this.in.reset();
    }
  }

  /** The next line that is not blank; null at the end. */
  @Nullable Line next() throws IOException {
    Line line = read();
    while (line != null && line.isBlank()) {
      line = read();
    }
    return line;
  }

  private @Nullable Line read() throws IOException {
    int next = in.read();
    if (next < 0) {
      return null;
    }
    number++;
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    boolean tooLong = false;
    for (; next >= 0 && next != '\n'; next = in.read()) {
      offset++;
      if (content.size() < mostBytes) {
        content.write(next);
      } else {
        tooLong = true;
      }
    }
    offset++;
    return new Line(number, content.toByteArray(), tooLong, next < 0 ? -1 : offset);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
