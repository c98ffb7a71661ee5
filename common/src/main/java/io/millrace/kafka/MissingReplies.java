package io.millrace.kafka;

/** There are no replies where some are said to begin. */
public final class MissingReplies extends RuntimeException {
  private final boolean deleted;

  /**
   * @param deleted whether there may have been some, which the topic's retention has deleted
   */
  MissingReplies(String message, boolean deleted) {
    super(message);
    this.deleted = deleted;
  }

  /** Whether there may have been some, which the topic's retention has deleted. */
  public boolean deleted() {
    return deleted;
  }
}
