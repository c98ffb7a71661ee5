package io.millrace.api.error;

import io.millrace.protocol.FailureKind;
import io.millrace.protocol.Reply;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The failure of a request: no answer, or no more of it. The message is a sentence for clients. */
public final class RequestFailed extends RuntimeException {
  private final FailureKind kind;
  private final @Nullable String param;
  private final @Nullable Duration retryAfter;
  private final String code;

  public RequestFailed(FailureKind kind, String message) {
    this(kind, message, null);
  }

  /**
   * @param param the field at fault, if it is one
   */
  public RequestFailed(FailureKind kind, String message, @Nullable String param) {
    this(kind, message, param, kind.label(), null);
  }

  private RequestFailed(
      FailureKind kind,
      String message,
      @Nullable String param,
      String code,
      @Nullable Duration retryAfter) {
    super(message, null, false, false);
    this.kind = kind;
    this.param = param;
    this.code = code;
    this.retryAfter = retryAfter;
  }

  /**
   * The failure of one that comes too early: too much is waiting, or its asker has had its share.
   *
   * @param code which fault it is, for programs
   * @param retryAfter after which it may be taken
   */
  public static RequestFailed tooEarly(String code, String message, Duration retryAfter) {
    return new RequestFailed(FailureKind.OVERLOADED, message, null, code, retryAfter);
  }

  /** The same in other words. */
  public RequestFailed inWords(String message, @Nullable String otherParam) {
    return new RequestFailed(kind, message, otherParam, code, retryAfter);
  }

  /** The same, with the time after which it may be taken. */
  public RequestFailed withRetryAfter(Duration time) {
    return new RequestFailed(kind, String.valueOf(getMessage()), param, code, time);
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

  /** Which fault it is, in one word for programs. */
  public String code() {
    return code;
  }

  /** After which time the same request may be taken; null where nobody can say. */
  public @Nullable Duration retryAfter() {
    return retryAfter;
  }
}
