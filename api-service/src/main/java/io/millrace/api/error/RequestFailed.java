package io.millrace.api.error;

import io.millrace.protocol.FailureKind;
import io.millrace.protocol.Reply;
import org.jspecify.annotations.Nullable;

/** The failure of a request: no answer, or no more of it. The message is a sentence for clients. */
public final class RequestFailed extends RuntimeException {
  private final FailureKind kind;
  private final @Nullable String param;

  public RequestFailed(FailureKind kind, String message) {
    this(kind, message, null);
  }

  /**
   * @param param the field at fault, if it is one
   */
  public RequestFailed(FailureKind kind, String message, @Nullable String param) {
    super(message, null, false, false);
    this.kind = kind;
    this.param = param;
  }

  /** What a worker said. */
  public static RequestFailed of(Reply.Failed failed) {
    return new RequestFailed(failed.kind(), failed.message(), failed.param());
  }

  public FailureKind kind() {
    return kind;
  }

  public @Nullable String param() {
    return param;
  }
}
