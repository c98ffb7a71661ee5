package io.millrace.api.anthropic;

import io.millrace.api.error.ErrorBody;

/**
 * An error as Anthropic's clients read it.
 *
 * @param type says that it is one
 */
record MessageError(String type, Detail error) {

  /** What went wrong. */
  record Detail(String type, String message) {}

  static MessageError of(ErrorBody body) {
    ErrorBody.Detail error = body.error();
    return new MessageError("error", new Detail(type(error.code()), error.message()));
  }

  private static String type(String code) {
    return switch (code) {
      case "not_found" -> "not_found_error";
      case "content_too_large" -> "request_too_large";
      case "invalid_api_key" -> "authentication_error";
      case "overloaded", "rate_limit_exceeded" -> "rate_limit_error";
      case "unavailable" -> "overloaded_error";
      case "deadline" -> "timeout_error";
      case "internal" -> "api_error";
      default -> "invalid_request_error";
    };
  }
}
