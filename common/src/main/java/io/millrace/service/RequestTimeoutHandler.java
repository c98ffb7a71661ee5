package io.millrace.service;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The limit on how long the requests of one connection take to arrive, however steadily their bytes
 * drip in. It stands behind the HTTP codec: a read that ends without a message was part of a head.
 */
final class RequestTimeoutHandler extends ChannelDuplexHandler {
  private final Duration headTimeout;
  private final Duration bodyTimeout;
  private @Nullable Future<?> timeout;

  /** Whether the read that goes on has brought a message. */
  private boolean decoded;

  /** Requests whose response is not complete. */
  private int open;

  /** Whether the response to the latest of them has begun. */
  private boolean answered;

  /**
   * Either time may be zero, for no limit.
   *
   * @param headTimeout from the first byte of a head to its last
   * @param bodyTimeout from the end of a head to the end of its body
   */
  RequestTimeoutHandler(Duration headTimeout, Duration bodyTimeout) {
    this.headTimeout = headTimeout;
    this.bodyTimeout = bodyTimeout;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    decoded = true;
    if (message instanceof HttpRequest) {
      open++;
      answered = false;
      stop();
      start(ctx, "body", bodyTimeout);
    }
    if (message instanceof LastHttpContent) {
      stop();
    }
    ctx.fireChannelRead(message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (!decoded && open == 0 && timeout == null) {
      start(ctx, "head", headTimeout);
    }
    decoded = false;
    ctx.fireChannelReadComplete();
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (!isInformation(message)) {
      answered = true;
    }
    if (isEndOfResponse(message)) {
      open--;
    }
    ctx.write(message, promise);
  }

  /** Whether a response is complete with this. */
  static boolean isEndOfResponse(Object message) {
    return message instanceof LastHttpContent && !isInformation(message);
  }

  /** A response such as 100 is followed by another one. */
  private static boolean isInformation(Object message) {
    return message instanceof HttpResponse response
        && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    stop();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    stop();
    ctx.fireChannelInactive();
  }

  private void start(ChannelHandlerContext ctx, String part, Duration time) {
    if (!time.isZero()) {
      timeout =
          ctx.executor()
              .schedule(() -> expire(ctx, part, time), time.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void stop() {
    if (timeout != null) {
      timeout.cancel(false);
      timeout = null;
    }
  }

  private void expire(ChannelHandlerContext ctx, String part, Duration time) {
    if (open > 0 && answered) {
      ctx.close();
      return;
    }
    String message =
        "the %s of the request was not complete after %d ms".formatted(part, time.toMillis());
    ErrorResponse.writeLast(ctx, ErrorResponse.of(HttpResponseStatus.REQUEST_TIMEOUT, message));
  }
}
