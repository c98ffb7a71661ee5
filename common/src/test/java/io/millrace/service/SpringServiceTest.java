package io.millrace.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.cli.StartFailure;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

class SpringServiceTest {
  private static final String HOST = "127.0.0.1";

  @Configuration(proxyBeanMethods = false)
  @Import(WebServerConfiguration.class)
  static class Web {}

  @Configuration(proxyBeanMethods = false)
  static class Nothing {}

  @Test
  void service_listensWhereItIsTold() {
    try (var context = start(Web.class, address(HOST, 0), "given")) {
      assertThat(context.getEnvironment().getProperty("local.server.port", Integer.class))
          .isPositive();
      assertThat(context.getBean("given")).isEqualTo("given");
      assertThat(context.getEnvironment().getProperty("server.shutdown")).isEqualTo("graceful");
    }
  }

  @Test
  void service_withoutAnAddress_doesNotListen() {
    try (var context = start(Web.class, null, "given")) {
      assertThat(context.getEnvironment().getProperty("local.server.port")).isNull();
    }
  }

  @Test
  void portInUse_isNamedByItsFlag() throws Exception {
    try (ServerSocket used = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
      int port = used.getLocalPort();
      assertThatThrownBy(() -> start(Web.class, address(HOST, port), "given"))
          .isInstanceOf(StartFailure.class)
          .hasMessage("--the-port " + port + " is in use");
    }
  }

  @Test
  void addressOfAnotherMachine_isNamedByItsFlag() {
    // Reserved for documentation (RFC 5737), so nobody's.
    assertThatThrownBy(() -> start(Web.class, address("192.0.2.1", 0), "given"))
        .isInstanceOf(StartFailure.class)
        .hasMessageStartingWith("--the-host: cannot listen on 192.0.2.1 port 0: ");
  }

  @Test
  void failureOfABean_isTold() {
    assertThatThrownBy(
            () ->
                SpringService.start(
                    Nothing.class,
                    null,
                    Map.of(),
                    beans ->
                        beans.registerBean(
                            "failing",
                            String.class,
                            () -> {
                              throw new StartFailure("no broker answers");
                            })))
        .isInstanceOf(StartFailure.class)
        .hasMessage("no broker answers");
  }

  private static ListenAddress address(String host, int port) {
    return new ListenAddress("--the-host", host, "--the-port", port);
  }

  private static ConfigurableApplicationContext start(
      Class<?> wiring, @Nullable ListenAddress address, String given) {
    return SpringService.start(
        wiring, address, Map.of(), beans -> beans.registerBean("given", String.class, () -> given));
  }
}
