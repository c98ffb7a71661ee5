package io.millrace.service;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.timeout.WriteTimeoutHandler;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpServer;

/**
 * The guard of a server's connections: closes those that do nothing, or do it too slowly, and
 * refuses those that are too many, so that no client keeps the others out.
 */
final class ConnectionGuard implements NettyServerCustomizer {
  private static final Logger log = LoggerFactory.getLogger(ConnectionGuard.class);

  private final ConnectionSettings settings;
  private final AtomicInteger open = new AtomicInteger();
  private volatile boolean full;

  ConnectionGuard(ConnectionSettings settings) {
    this.settings = settings;
  }

  @Override
  public HttpServer apply(HttpServer server) {
    HttpServer guarded =
        server.doOnChannelInit((observer, channel, remote) -> guard(channel, channel.pipeline()));
    return settings.idleTimeout().isZero() ? guarded : guarded.idleTimeout(settings.idleTimeout());
  }

  private void guard(Channel channel, ChannelPipeline pipeline) {
    int connections = open.incrementAndGet();
    channel.closeFuture().addListener(closed -> open.decrementAndGet());
    if (connections > settings.maxConnections()) {
      tellFull();
      pipeline.addAfter(NettyPipeline.HttpCodec, "refusal", new RefusalHandler());
      return;
    }
    full = false;
    // The last one that is added here stands next to the codec.
    pipeline.addAfter(NettyPipeline.HttpCodec, "emptyError", new EmptyErrorHandler());
    pipeline.addAfter(NettyPipeline.HttpCodec, "oldClient", new OldClientHandler());
    pipeline.addAfter(
        NettyPipeline.HttpCodec,
        "requestTimeout",
        new RequestTimeoutHandler(settings.headTimeout(), settings.bodyTimeout()));
    if (!settings.writeTimeout().isZero()) {
      pipeline.addFirst(
          "writeTimeout",
          new WriteTimeoutHandler(settings.writeTimeout().toMillis(), TimeUnit.MILLISECONDS));
    }
  }

  /** Once, and not for each of thousands. */
  private void tellFull() {
    if (!full) {
      full = true;
      log.warn("{} clients are connected; more are refused", settings.maxConnections());
    }
  }
}
