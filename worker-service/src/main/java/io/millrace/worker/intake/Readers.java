package io.millrace.worker.intake;

import io.millrace.protocol.FailureKind;
import io.millrace.protocol.Problem;

/** The readers of answers, by the names that requests give them. */
@FunctionalInterface
public interface Readers {
  /**
   * Why there is no answer to a request whose reader is gone. Whoever waits behind one that was
   * frozen for a while hears it, and has not cancelled anything.
   */
  Problem GONE =
      new Problem(
          FailureKind.UNAVAILABLE,
          "nobody reads the answer any more: the service that asked for it has left,"
              + " or was silent for too long",
          null);

  /** Whether a reader has left or died, and those who would go on in its place have had time. */
  boolean isGone(String reader);
}
