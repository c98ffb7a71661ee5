package io.millrace.api.error;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.web.server.ServerWebExchange;

/** The shape of the error that a request may end in, where it is not OpenAI's. */
public final class ErrorShape {
  private static final String ATTRIBUTE = ErrorShape.class.getName();

  private ErrorShape() {}

  /**
   * Says how errors of a request look.
   *
   * @param shape gives what becomes JSON
   */
  public static void set(ServerWebExchange http, Function<ErrorBody, Object> shape) {
    http.getAttributes().put(ATTRIBUTE, shape);
  }

  static Object of(ServerWebExchange http, ErrorBody error) {
    @Nullable Function<ErrorBody, Object> shape = http.getAttribute(ATTRIBUTE);
    return shape == null ? error : shape.apply(error);
  }
}
