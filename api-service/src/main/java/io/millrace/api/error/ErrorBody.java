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

  /** The error of a stream that has begun, where no status can be sent any more. */
  public static ErrorBody of(Throwable e) {
    if (e instanceof RequestFailed failure) {
      FailureKind kind = failure.kind();
      return of(kind.status(), message(failure), failure.param(), kind.label());
    }
    if (e instanceof Invalid invalid) {
      FailureKind kind = FailureKind.INVALID;
      return of(kind.status(), message(invalid), invalid.param(), kind.label());
    }
    FailureKind kind = FailureKind.INTERNAL;
    return of(kind.status(), "internal error", null, kind.label());
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
