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
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * The response on a connection that is closed before any controller is asked, in the form that
 * OpenAI's clients read errors in.
 */
final class LastResponse {
  private static final int SERVER_ERRORS = 500;

  private LastResponse() {}

  /**
   * Writes the response and closes the connection.
   *
   * @param message a sentence without quotes
   */
  static void write(
      ChannelHandlerContext ctx, HttpResponseStatus status, String message, String code) {
    boolean ours = status.code() >= SERVER_ERRORS;
    byte[] body =
        "{\"error\":{\"message\":\"%s\",\"type\":\"%s\",\"param\":null,\"code\":\"%s\"}}"
            .formatted(message, ours ? "server_error" : "invalid_request_error", code)
            .getBytes(StandardCharsets.UTF_8);
    FullHttpResponse response =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(body));
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON)
        .set(HttpHeaderNames.CONTENT_LENGTH, body.length)
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE)
        .set("X-Request-Id", UUID.randomUUID().toString());
    if (ours) {
      response.headers().set(HttpHeaderNames.RETRY_AFTER, 2);
    }
    ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
  }
}
