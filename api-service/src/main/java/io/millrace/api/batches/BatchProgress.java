package io.millrace.api.batches;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;

/** The progress of a batch, which is said now and then while its requests are answered. */
final class BatchProgress {
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final BatchFolder folder;
  private final BatchRecord batch;
  private final BatchOutput output;
  private long toldNanos = System.nanoTime();

  BatchProgress(BatchFolder folder, BatchRecord batch, BatchOutput output) {
    this.folder = folder;
    this.batch = batch;
    this.output = output;
  }

  /** The batch as far as it has come. */
  BatchRecord now() {
    return batch.with(batch.progress().counted(output.completed(), output.failed()));
  }

  /** Says how far it has come, unless it was said just before. */
  void tell() {
    if (System.nanoTime() - toldNanos < PAUSE_NANOS) {
      return;
    }
    try {
      folder.write(now());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    toldNanos = System.nanoTime();
  }
}
