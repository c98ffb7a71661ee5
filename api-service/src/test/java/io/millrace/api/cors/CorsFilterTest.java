package io.millrace.api.cors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.api.options.ApiOptions;
import io.millrace.cli.StartFailure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.server.ResponseStatusException;
import picocli.CommandLine;
import reactor.core.publisher.Mono;

final class CorsFilterTest {
  private static final String APP = "https://app.example.com";

  private boolean asked;

  @Test
  void withoutASetting_nothingIsSaid() {
    HttpHeaders answer = answer(post(APP));

    assertThat(asked).isTrue();
    assertThat(answer.headerNames()).noneMatch(name -> name.startsWith("Access-Control"));
  }

  @ParameterizedTest
  @CsvSource({
    "--allowed-origins=*, *",
    "'--allowed-origins=[\"https://app.example.com\", \"https://b.example.com\"]', " + APP,
    "'--allowed-origins=https://b.example.com,https://app.example.com', " + APP
  })
  void allowedOrigin_mayReadTheAnswerAndWhatItsHeadSays(String flag, String told) {
    HttpHeaders answer = answer(post(APP), flag);

    assertThat(asked).isTrue();
    assertThat(answer.getAccessControlAllowOrigin()).isEqualTo(told);
    assertThat(answer.getAccessControlExposeHeaders()).contains("X-Request-Id", "Retry-After");
  }

  @Test
  void preflight_isAnsweredWithoutAsking() {
    MockServerHttpRequest preflight =
        MockServerHttpRequest.options("http://127.0.0.1:8000/v1/chat/completions")
            .header(HttpHeaders.ORIGIN, APP)
            .header(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD, "POST")
            .header(HttpHeaders.ACCESS_CONTROL_REQUEST_HEADERS, "authorization, content-type")
            .build();

    HttpHeaders answer = answer(preflight, "--allowed-origins=" + APP, "--allow-credentials");

    assertThat(asked).isFalse();
    assertThat(answer.getAccessControlAllowHeaders())
        .containsExactly("authorization", "content-type");
    assertThat(answer.getAccessControlAllowCredentials()).isTrue();
  }

  @Test
  void otherOrigin_isRefusedByName() {
    assertThatThrownBy(() -> answer(post("https://evil.example.com"), "--allowed-origins=" + APP))
        .isInstanceOf(ResponseStatusException.class)
        .hasMessageContaining("pages of https://evil.example.com may not ask this server");
    assertThat(asked).isFalse();
  }

  @Test
  void clientThatIsNoBrowser_isAnswered() {
    MockServerHttpRequest request =
        MockServerHttpRequest.post("http://127.0.0.1:8000/chat").build();

    answer(request, "--allowed-origins=" + APP);

    assertThat(asked).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"app.example.com", "https://app.example.com/page", "null"})
  void whatIsNoOrigin_isRefusedAtTheStart(String origin) {
    assertThatThrownBy(() -> options("--allowed-origins=" + origin).validate())
        .isInstanceOf(StartFailure.class)
        .hasMessageContaining("--allowed-origins")
        .hasMessageContaining(origin);
  }

  @Test
  void credentialsForAnyOrigin_areRefusedAtTheStart() {
    assertThatThrownBy(() -> options("--allowed-origins=*", "--allow-credentials").validate())
        .isInstanceOf(StartFailure.class)
        .hasMessageContaining("--allow-credentials");
  }

  private static MockServerHttpRequest post(String origin) {
    return MockServerHttpRequest.post("http://127.0.0.1:8000/v1/completions")
        .header(HttpHeaders.ORIGIN, origin)
        .build();
  }

  private HttpHeaders answer(MockServerHttpRequest request, String... flags) {
    MockServerWebExchange http = MockServerWebExchange.from(request);
    new CorsFilter(options(flags))
        .filter(http, same -> Mono.fromRunnable(() -> asked = true))
        .block();
    return http.getResponse().getHeaders();
  }

  private static ApiOptions options(String... flags) {
    ApiOptions options = new ApiOptions();
    new CommandLine(options).parseArgs(flags);
    return options;
  }
}
