package io.millrace.api.batches;

import io.millrace.api.batches.LineReader.Line;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a batch has to give back so far: two files that grow by a line for each request that has
 * ended. Whoever goes on after another finds there what is done. Written by one thread at a time.
 */
final class BatchOutput implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final FileChannel output;
  private final FileChannel errors;
  private final BitSet done = new BitSet();
  private final AtomicInteger completed = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();
  private boolean expired;

  BatchOutput(Path outputFile, Path errorFile) throws IOException {
    completed.set(recover(outputFile));
    failed.set(recover(errorFile));
    output = open(outputFile);
    errors = open(errorFile);
    output.position(output.size());
    errors.position(errors.size());
  }

  private static FileChannel open(Path file) throws IOException {
    return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  /** Takes note of the lines that are there, and cuts one off that was not written to its end. */
  private int recover(Path file) throws IOException {
    open(file).close();
    long end = 0;
    int lines = 0;
    try (LineReader reader = new LineReader(file, Integer.MAX_VALUE)) {
      for (Line line = reader.next(); line != null && line.end() > 0; line = reader.next()) {
        JsonNode told = JSON.readTree(line.content());
        done.set(BatchRecord.line(told.get("id").stringValue()));
        expired |= told.at("/error/code").asString("").equals(OutputLine.Cause.EXPIRED.code());
        end = line.end();
        lines++;
      }
    }
    try (FileChannel channel = open(file)) {
      channel.truncate(end);
    }
    return lines;
  }

  /** The lines of the input that have ended. */
  BitSet done() {
    return (BitSet) done.clone();
  }

  /** How many requests are answered. */
  int completed() {
    return completed.get();
  }

  /** How many have ended otherwise. */
  int failed() {
    return failed.get();
  }

  /** Whether the time of one of them passed. */
  boolean isExpired() {
    return expired;
  }

  /** Adds what became of a request. */
  void add(OutputLine line) {
    byte[] json = JSON.writeValueAsBytes(line);
    ByteBuffer bytes = ByteBuffer.allocate(json.length + 1).put(json).put((byte) '\n').flip();
    try {
      FileChannel file = line.isAnswer() ? output : errors;
      while (bytes.hasRemaining()) {
        file.write(bytes);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    done.set(BatchRecord.line(line.id()));
    expired |= line.isExpired();
    (line.isAnswer() ? completed : failed).incrementAndGet();
  }

  @Override
  public void close() throws IOException {
    output.close();
    errors.close();
  }
}
