package io.millrace.worker.intake;

import io.millrace.protocol.ControlMessage;
import io.millrace.protocol.GenerationRequest;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Who reads which answer: the reader that its request names, until another one says that it goes on
 * in its place. That counts for what was asked before it, as a cancel does. Safe for use by several
 * threads.
 */
final class AnswerReaders {
  private static final int CAPACITY = 100_000;

  private final Readers readers;
  private final EvictingMap<String, Resumed> resumed = new EvictingMap<>(CAPACITY);

  private record Resumed(Instant at, ControlMessage.Resume by) {}

  AnswerReaders(Readers readers) {
    this.readers = readers;
  }

  /** Takes note of a new reader. */
  void resumed(ControlMessage.Resume by, Instant at) {
    resumed.put(by.id(), new Resumed(at, by));
  }

  /** Whether a cancel is of a reader in whose place another one reads by now. */
  boolean isPassedOn(ControlMessage.Cancel cancel) {
    Resumed last = resumed.get(cancel.id());
    return last != null && cancel.reader() != null && !cancel.reader().equals(last.by.reader());
  }

  /**
   * Whether an answer would go where nobody reads it any more.
   *
   * @param sentAt when the request came, by the clock that tells when new readers came
   */
  boolean haveLeft(GenerationRequest request, Instant sentAt) {
    String reader = reader(request, sentAt);
    return reader != null && readers.isGone(reader);
  }

  private @Nullable String reader(GenerationRequest request, Instant sentAt) {
    Resumed last = resumed.get(request.id());
    if (last == null || sentAt.isAfter(last.at)) {
      return request.reply().reader();
    }
    return last.by.announced() ? last.by.reader() : null;
  }
}
