package io.millrace.service;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * The form of responses to HTTP/1.0, which knows no chunks: one without a length ends with its
 * connection. {@code ab} speaks it, and nginx to the servers behind it unless told otherwise.
 */
final class OldClientHandler extends ChannelDuplexHandler {
  /** Of the requests that are not answered, whether each is of HTTP/1.0. */
  private final Queue<Boolean> old = new ArrayDeque<>();

  private boolean closing;

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof HttpRequest request) {
      old.add(request.protocolVersion().compareTo(HttpVersion.HTTP_1_1) < 0);
    }
    ctx.fireChannelRead(message);
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (message instanceof HttpResponse response
        && Boolean.TRUE.equals(old.peek())
        && !HttpUtil.isContentLengthSet(response)) {
      closing = true;
      HttpUtil.setTransferEncodingChunked(response, false);
      response.headers().remove(HttpHeaderNames.TRAILER);
      HttpUtil.setKeepAlive(response, false);
    }
    ctx.write(message, promise);
    if (RequestTimeoutHandler.isEndOfResponse(message)) {
      old.poll();
      if (closing) {
        promise.unvoid().addListener(ChannelFutureListener.CLOSE);
      }
    }
  }
}
