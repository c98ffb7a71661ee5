package io.millrace.api.answer;

import io.millrace.api.body.Endpoint;
import io.millrace.api.body.JsonBody;
import io.millrace.api.error.ErrorBody;
import io.millrace.api.error.RequestFailed;
import io.millrace.protocol.Invalid;
import java.util.function.Function;

/**
 * An endpoint as others ask in its name: how it understands a body, and how its errors look.
 *
 * @param errorShape gives what becomes JSON
 */
public record SurfaceEndpoint(
    Endpoint endpoint, Inquiry.Reader reader, Function<ErrorBody, Object> errorShape) {

  /** An endpoint whose errors have OpenAI's shape. */
  public static SurfaceEndpoint of(Endpoint endpoint, Inquiry.Reader reader) {
    return new SurfaceEndpoint(endpoint, reader, error -> error);
  }

  /**
   * Understands a body.
   *
   * @throws Invalid in the client's words, naming the field at fault
   * @throws RequestFailed in the client's words
   */
  public Inquiry inquiry(Stamp stamp, JsonBody body) {
    try {
      return reader.read(stamp, body);
    } catch (Invalid | RequestFailed e) {
      Throwable told = SentNames.of(body).told(e);
      throw told instanceof Invalid invalid ? invalid : (RequestFailed) told;
    }
  }
}
