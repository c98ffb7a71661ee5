package io.millrace.worker.intake;

import io.millrace.protocol.ReplyAddress;

/** The readers of answers, by the names that requests give them. */
@FunctionalInterface
public interface Readers {
  /** Why a request is cancelled whose reader is gone. */
  String GONE = "nobody reads the answer any more";

  /** Whether a reader has left or died. */
  boolean isGone(String reader);

  /** Whether an answer would go where nobody reads it any more. */
  default boolean haveLeft(ReplyAddress address) {
    String reader = address.reader();
    return reader != null && isGone(reader);
  }
}
