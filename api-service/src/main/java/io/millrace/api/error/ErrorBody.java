package io.millrace.api.error;

import io.millrace.protocol.FailureKind;
import io.millrace.protocol.Invalid;
import org.jspecify.annotations.Nullable;

/** The body of an error, as OpenAI's clients read it. */
public record ErrorBody(Detail error) {

  /**
   * @param message one sentence for a person
   * @param type whose fault it is
   * @param param the field at fault
   * @param code which fault it is
   */
  public record Detail(String message, String type, @Nullable String param, String code) {}

  static ErrorBody of(int status, String message, @Nullable String param, String code) {
    return new ErrorBody(new Detail(message, type(status), param, code));
  }

  /** The error of a request that has failed, whether or not its status can still be sent. */
  public static ErrorBody of(Throwable e) {
    FailureKind kind = kind(e);
    if (e instanceof RequestFailed failure) {
      return of(kind.status(), message(e), failure.param(), failure.code());
    }
    return e instanceof Invalid invalid
        ? of(kind.status(), message(e), invalid.param(), kind.label())
        : of(kind.status(), "internal error", null, kind.label());
  }

  /** The HTTP status of that. */
  public static int status(Throwable e) {
    return kind(e).status();
  }

  private static FailureKind kind(Throwable e) {
    if (e instanceof RequestFailed failure) {
      return failure.kind();
    }
    return e instanceof Invalid ? FailureKind.INVALID : FailureKind.INTERNAL;
  }

  private static String message(Throwable e) {
    return String.valueOf(e.getMessage());
  }

  private static String type(int status) {
    if (status == FailureKind.OVERLOADED.status()) {
      return "rate_limit_error";
    }
    return status < 500 ? "invalid_request_error" : "server_error";
  }
}
