package io.millrace.models.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * A file of which ranges are mapped, read-only and little-endian, or copied. A mapping outlives the
 * file's closing and ends when its buffer is collected.
 */
final class MappedFile implements AutoCloseable {
  private final Path path;
  private final FileChannel channel;
  private final long size;

  private MappedFile(Path path, FileChannel channel, long size) {
    this.path = path;
    this.channel = channel;
    this.size = size;
  }

  static MappedFile open(Path path) {
    try {
      FileChannel channel = FileChannel.open(path);
      try {
        BadCheckpoint.refusePointer(path, beginning(channel));
        return new MappedFile(path, channel, channel.size());
      } catch (IOException | BadCheckpoint e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw BadCheckpoint.unreadable(path, e);
    }
  }

  private static byte[] beginning(FileChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(BadCheckpoint.POINTER.length());
    channel.read(bytes, 0);
    return bytes.array();
  }

  Path path() {
    return path;
  }

  long size() {
    return size;
  }

  /** Whether the range lies within the file. */
  boolean holds(long offset, long length) {
    return offset >= 0 && length >= 0 && offset <= size && length <= size - offset;
  }

  /** The file's beginning, as far as one buffer reaches. */
  ByteBuffer head() {
    return map(0, Math.min(size, Integer.MAX_VALUE));
  }

  /**
   * @param length at most {@link Integer#MAX_VALUE}
   */
  ByteBuffer map(long offset, long length) {
    if (!holds(offset, length)) {
      throw new BadCheckpoint(
          path,
          "bytes %d to %d are wanted, but the file ends at %d"
              .formatted(offset, offset + length, size));
    }
    try {
      return channel
          .map(FileChannel.MapMode.READ_ONLY, offset, length)
          .order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw BadCheckpoint.unreadable(path, e);
    }
  }

  /**
   * Copies a range into what remains of a buffer: for what is read once, cheaper than to map it.
   */
  void read(long offset, ByteBuffer into) {
    try {
      for (long at = offset; into.hasRemaining(); ) {
        int count = channel.read(into, at);
        if (count < 0) {
          throw new BadCheckpoint(
              path, "bytes up to %d are wanted, but the file ends at %d".formatted(at, size));
        }
        at += count;
      }
    } catch (IOException e) {
      throw BadCheckpoint.unreadable(path, e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw BadCheckpoint.unreadable(path, e);
    }
  }
}
