package io.millrace.service;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.server.HttpRequestDecoderSpec;

/**
 * The words for errors that the server below any controller answers with a status alone: what is no
 * HTTP, what is too long, and paths that no URI has.
 */
final class EmptyErrorHandler extends ChannelDuplexHandler {
  private static final int CLIENT_ERRORS = 400;

  /** Of the latest request, as it was sent. */
  private String path = "";

  private @Nullable Throwable failure;

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof HttpRequest request) {
      path = request.uri();
    }
    if (message instanceof HttpObject part && part.decoderResult().isFailure()) {
      failure = part.decoderResult().cause();
    }
    ctx.fireChannelRead(message);
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (message instanceof FullHttpResponse response
        && response.status().code() >= CLIENT_ERRORS
        && !response.content().isReadable()) {
      ctx.write(told(response), promise);
    } else {
      ctx.write(message, promise);
    }
  }

  private FullHttpResponse told(FullHttpResponse response) {
    FullHttpResponse told = ErrorResponse.of(response.status(), message(response.status()));
    // What the server says of the connection, and what filters say of the request, stays.
    response.headers().forEach(header -> copy(told, header.getKey(), header.getValue()));
    response.release();
    return told;
  }

  private static void copy(FullHttpResponse response, String name, String value) {
    boolean ofTheBody =
        HttpHeaderNames.CONTENT_LENGTH.contentEqualsIgnoreCase(name)
            || HttpHeaderNames.CONTENT_TYPE.contentEqualsIgnoreCase(name)
            || HttpHeaderNames.TRANSFER_ENCODING.contentEqualsIgnoreCase(name);
    if (!ofTheBody) {
      response.headers().set(name, value);
    }
  }

  private String message(HttpResponseStatus status) {
    if (status.equals(HttpResponseStatus.REQUEST_URI_TOO_LONG)) {
      return "the first line of a request may have at most %d bytes"
          .formatted(HttpRequestDecoderSpec.DEFAULT_MAX_INITIAL_LINE_LENGTH);
    }
    if (status.equals(HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)) {
      return "the headers of a request may have at most %d bytes"
          .formatted(HttpRequestDecoderSpec.DEFAULT_MAX_HEADER_SIZE);
    }
    if (!status.equals(HttpResponseStatus.BAD_REQUEST)) {
      return status.reasonPhrase();
    }
    return failure == null && !isUri(path)
        ? "the path holds a character or an escape that no URI has"
        : "the request is not HTTP/1.1: its first line, a header, or a chunk is malformed";
  }

  private static boolean isUri(String path) {
    try {
      new URI(path);
      return true;
    } catch (URISyntaxException e) {
      return false;
    }
  }
}
