package io.millrace.models.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProxiesTest {
  private static final URI HUB = URI.create("https://huggingface.co/api");

  @Test
  void of_nothingSet_isDirect() {
    assertThat(Proxies.from(Map.of()).of(HUB)).isEqualTo(Proxy.NO_PROXY);
  }

  @Test
  void of_schemesProxy_isTaken() {
    Proxies proxies =
        Proxies.from(Map.of("HTTPS_PROXY", "http://127.0.0.1:3128", "http_proxy", "127.0.0.2:81"));
    assertThat(proxies.of(HUB).address()).isEqualTo(new InetSocketAddress("127.0.0.1", 3128));
    assertThat(proxies.of(URI.create("http://mirror.example/")).address())
        .isEqualTo(new InetSocketAddress("127.0.0.2", 81));
  }

  @Test
  void of_exceptions_areDirect() {
    Map<String, String> environment =
        Map.of("https_proxy", "http://127.0.0.1:3128", "no_proxy", "localhost, .example.org");
    Proxies proxies = Proxies.from(environment);
    assertThat(proxies.of(URI.create("https://hub.example.org/"))).isEqualTo(Proxy.NO_PROXY);
    assertThat(proxies.of(URI.create("https://localhost:8443/"))).isEqualTo(Proxy.NO_PROXY);
    assertThat(proxies.of(URI.create("https://notexample.org/"))).isNotEqualTo(Proxy.NO_PROXY);
  }

  @Test
  void from_valueThatIsNoUrl_isNamed() {
    assertThatThrownBy(() -> Proxies.from(Map.of("HTTPS_PROXY", "::no proxy::")))
        .hasMessageContaining("HTTPS_PROXY must be a URL");
  }
}
