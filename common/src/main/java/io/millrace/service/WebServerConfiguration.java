package io.millrace.service;

import java.time.Duration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.http.codec.autoconfigure.CodecsAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.reactor.netty.autoconfigure.NettyReactiveWebServerAutoConfiguration;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.webflux.autoconfigure.HttpHandlerAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ReactorResourceFactory;

/** A web server for JSON over Netty, and nothing else that the class path may offer. */
@Configuration(proxyBeanMethods = false)
@ImportAutoConfiguration({
  HttpHandlerAutoConfiguration.class,
  WebFluxAutoConfiguration.class,
  NettyReactiveWebServerAutoConfiguration.class,
  CodecsAutoConfiguration.class,
  JacksonAutoConfiguration.class,
  SslAutoConfiguration.class,
  LifecycleAutoConfiguration.class
})
public class WebServerConfiguration {
  static {
    DroppedErrors.install();
  }

  /** Netty's threads of this server alone: closing the global ones would stop other servers. */
  @Bean
  ReactorResourceFactory reactorResources() {
    ReactorResourceFactory resources = new ReactorResourceFactory();
    resources.setUseGlobalResources(false);
    // The server has answered what it had before its threads are stopped: nothing more will come.
    resources.setShutdownQuietPeriod(Duration.ZERO);
    return resources;
  }

  /** Limits by the settings that a service gives, or else the defaults. */
  @Bean
  WebServerFactoryCustomizer<NettyReactiveWebServerFactory> connectionGuard(
      ObjectProvider<ConnectionSettings> settings) {
    ConnectionSettings given = settings.getIfAvailable(() -> ConnectionSettings.DEFAULTS);
    return factory ->
        factory.addServerCustomizers(new ConnectionGuard(given.fitting(FileDescriptors.free())));
  }
}
