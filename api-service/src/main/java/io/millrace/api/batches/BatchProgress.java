package io.millrace.api.batches;

import java.io.IOException;

/**
 * The progress of a batch, which is said now and then while its requests are answered. Safe for use
 * by several threads.
 */
final class BatchProgress implements AutoCloseable {
  private final BatchFolder folder;
  private final BatchRecord batch;
  private final BatchOutput output;

  // Guarded by this.
  private BatchRecord.Progress told;
  private boolean ended;

  BatchProgress(BatchFolder folder, BatchRecord batch, BatchOutput output) {
    this.folder = folder;
    this.batch = batch;
    this.output = output;
    this.told = batch.progress();
  }

  /** Says how far the batch has come, unless it has not moved. */
  synchronized void tell() throws IOException {
    BatchRecord.Progress now = now();
    if (!ended && !now.equals(told)) {
      folder.write(batch.with(now));
      told = now;
    }
  }

  /** How far the batch has come. */
  BatchRecord.Progress now() {
    return batch.progress().counted(output.completed(), output.failed());
  }

  /** From now on nothing is said here: somebody else may write the record. */
  @Override
  public synchronized void close() {
    ended = true;
  }
}
