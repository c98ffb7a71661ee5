package io.millrace.api.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;

class ErrorResponsesTest {
  private final ErrorResponses errors = new ErrorResponses();

  @Test
  void clientThatLeaves_isToldAs499_withNothingWritten() {
    MockServerWebExchange http =
        MockServerWebExchange.from(MockServerHttpRequest.post("/completion"));
    errors.handle(http, new IOException("Connection reset by peer")).block();
    assertThat(http.getResponse().getStatusCode().value()).isEqualTo(499);
    assertThat(http.getResponse().getBodyAsString().block()).isNullOrEmpty();
  }
}
