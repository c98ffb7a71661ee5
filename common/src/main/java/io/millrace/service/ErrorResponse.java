package io.millrace.service;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * The response to what no controller is asked for, in the form that OpenAI's clients read errors
 * in.
 */
final class ErrorResponse {
  private static final int SERVER_ERRORS = 500;

  private ErrorResponse() {}

  /** A response whose code is the name of its status, such as {@code bad_request}. */
  static FullHttpResponse of(HttpResponseStatus status, String message) {
    return of(status, message, code(status));
  }

  /**
   * The response.
   *
   * @param message one sentence for a person
   */
  static FullHttpResponse of(HttpResponseStatus status, String message, String code) {
    boolean ours = status.code() >= SERVER_ERRORS;
    Map<String, @Nullable Object> error = new LinkedHashMap<>();
    error.put("message", message);
    error.put("type", ours ? "server_error" : "invalid_request_error");
    error.put("param", null);
    error.put("code", code);
    byte[] body = JsonMapper.shared().writeValueAsBytes(Map.of("error", error));
    FullHttpResponse response =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(body));
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON)
        .set(HttpHeaderNames.CONTENT_LENGTH, body.length)
        .set("X-Request-Id", UUID.randomUUID().toString());
    if (ours) {
      response.headers().set(HttpHeaderNames.RETRY_AFTER, 2);
    }
    return response;
  }

  /** Writes the response and closes the connection. */
  static void writeLast(ChannelHandlerContext ctx, FullHttpResponse response) {
    response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
  }

  /** The names that Spring has for those whose reason reads otherwise. */
  private static String code(HttpResponseStatus status) {
    return switch (status.code()) {
      case 413 -> "content_too_large";
      case 414 -> "uri_too_long";
      default -> status.reasonPhrase().toLowerCase(Locale.ROOT).replace(' ', '_');
    };
  }
}
