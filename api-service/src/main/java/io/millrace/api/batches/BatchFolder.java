package io.millrace.api.batches;

import io.millrace.api.files.FilesFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * The folder of a batch: what is known of it, its input, what it has to give back so far, the lock
 * of whoever drives it, and the word of whoever has cancelled it. Its methods wait for the disk.
 */
record BatchFolder(FilesFolder all, Path path) {
  static final String RECORD = "batch.json";
  static final String INPUT = "input.jsonl";
  private static final JsonMapper JSON = JsonMapper.shared();

  /** What is known of the batch. */
  BatchRecord read() throws IOException {
    return JSON.readValue(Files.readAllBytes(path.resolve(RECORD)), BatchRecord.class);
  }

  /** Says what is known of it from now on; for whoever has the lock. */
  void write(BatchRecord batch) throws IOException {
    all.write(path.resolve(RECORD), encode(batch));
  }

  static byte[] encode(BatchRecord batch) {
    return JSON.writeValueAsBytes(batch);
  }

  /** Takes the lock; null if somebody has it. */
  @Nullable BatchLock lock() throws IOException {
    return BatchLock.take(path.resolve("lock"));
  }

  /** Says that nobody wants it any more; only the first one counts. */
  void cancel() throws IOException {
    if (cancelled() == null) {
      all.write(cancelWord(), new byte[0]);
    }
  }

  /** When it was cancelled; null if it was not. */
  @Nullable Instant cancelled() throws IOException {
    try {
      return Files.getLastModifiedTime(cancelWord()).toInstant();
    } catch (NoSuchFileException notYet) {
      return null;
    }
  }

  private Path cancelWord() {
    return path.resolve("cancel");
  }

  /** The batch as clients see it. */
  Batch view() throws IOException {
    // In this order, as one that is cancelled has a word of whoever did it.
    BatchRecord batch = read();
    return Batch.of(batch, cancelled());
  }

  Path input() {
    return path.resolve(INPUT);
  }

  Path output() {
    return path.resolve("output.jsonl");
  }

  Path errors() {
    return path.resolve("errors.jsonl");
  }
}
