package io.millrace.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RefusalHandlerTest {
  @Test
  void connection_isRefusedUnaskedAndClosed() {
    EmbeddedChannel channel = new EmbeddedChannel(new HttpServerCodec(), new RefusalHandler());
    StringBuilder said = new StringBuilder();
    for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
      said.append(part.toString(StandardCharsets.UTF_8));
    }
    assertThat(said.toString())
        .startsWith("HTTP/1.1 503 Service Unavailable\r\n")
        .contains("retry-after: 2\r\n")
        .endsWith(
            "{\"error\":{\"message\":\"too many clients are connected; try again later\","
                + "\"type\":\"server_error\",\"param\":null,\"code\":\"unavailable\"}}");
    assertThat(channel.isOpen()).isFalse();
  }
}
