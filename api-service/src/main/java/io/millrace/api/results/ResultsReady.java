package io.millrace.api.results;

import io.millrace.api.error.RequestFailed;
import io.millrace.protocol.FailureKind;
import java.util.concurrent.CompletableFuture;

/**
 * Whether the index has all jobs that were there when this process started: before that nobody can
 * be told that there is none of an id, nor that a key is new.
 *
 * @param caughtUp completed once it has
 */
public record ResultsReady(CompletableFuture<Void> caughtUp) {
  /** Refuses to answer before. */
  public void require() {
    if (!caughtUp.isDone()) {
      throw new RequestFailed(
          FailureKind.UNAVAILABLE, "the jobs are still being read; try again later");
    }
  }
}
