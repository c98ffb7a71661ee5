package io.millrace.service;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.ssl.SslHandler;

/** The handler of a connection that is one too many: says so and closes it. */
final class RefusalHandler extends ChannelInboundHandlerAdapter {

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    if (ctx.pipeline().get(SslHandler.class) != null) {
      // A handshake would take as long as its client likes.
      ctx.close();
    } else {
      ErrorResponse.writeLast(
          ctx,
          ErrorResponse.of(
              HttpResponseStatus.SERVICE_UNAVAILABLE,
              "too many clients are connected; try again later",
              "unavailable"));
    }
  }
}
