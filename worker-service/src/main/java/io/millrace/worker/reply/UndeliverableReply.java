package io.millrace.worker.reply;

import java.util.concurrent.CompletionException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** A reply that cannot be stored where it should go, however often it is tried. */
public final class UndeliverableReply extends RuntimeException {
  public UndeliverableReply(String message) {
    super(message);
  }

  /** The failure itself, of one that a future may have wrapped. */
  public static Throwable unwrapped(Throwable error) {
    return error instanceof CompletionException && error.getCause() != null
        ? error.getCause()
        : error;
  }

  /** Whether trying again elsewhere or later is in vain. */
  public static boolean isCause(Throwable error) {
    Throwable cause = unwrapped(error);
    return cause instanceof UndeliverableReply
        || cause instanceof UnknownTopicOrPartitionException
        || cause instanceof InvalidTopicException
        || cause instanceof AuthorizationException
        || cause instanceof RecordTooLargeException;
  }
}
