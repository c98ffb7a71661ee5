package io.millrace.api.options;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.protocol.Invalid;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallbackHostsTest {
  private final CallbackHosts hosts =
      new CallbackHosts(List.of("Hooks.example.com", "127.0.0.1:9000"));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://hooks.example.com/a?b=c",
        "http://HOOKS.example.com",
        "http://127.0.0.1:9000/hook"
      })
  void allowedHosts_areTaken(String url) {
    assertThatCode(() -> hosts.check(url)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://hooks.example.com:8443/",
        "https://hooks.example.com.evil.example/",
        "https://evil.example/hooks.example.com",
        "http://127.0.0.1/",
        "http://127.0.0.1:9001/",
        "http://user@hooks.example.com/",
        "http://hooks.example.com@evil.example/",
        "http://hooks.example.com/#a",
        "ftp://hooks.example.com/",
        "hooks.example.com",
        "http://[::1]/",
        "http://hooks.exa mple.com/"
      })
  void otherUrls_areRefused(String url) {
    assertThatThrownBy(() -> hosts.check(url))
        .isInstanceOf(Invalid.class)
        .hasMessageStartingWith("callback_url ");
  }

  @Test
  void noUrl_isTakenAnywhere() {
    assertThatCode(() -> new CallbackHosts(List.of()).check(null)).doesNotThrowAnyException();
  }
}
