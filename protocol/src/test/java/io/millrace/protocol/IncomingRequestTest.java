package io.millrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class IncomingRequestTest {
  private static final Instant NOW = RecordSamples.NOW;
  private static final ReplyAddress REPLY = RecordSamples.REPLY;

  @Test
  void idAndAddress_areToldThoughTheRestIsWrong() {
    IncomingRequest wrong =
        incoming("{'id':'a-1','prompt':5,'reply':{'topic':'answers','partition':3}}");
    assertThatThrownBy(wrong::request).hasMessage("prompt must be a string, but is 5");
    assertThat(wrong.id()).isEqualTo("a-1");
    assertThat(wrong.replyAddress()).isEqualTo(REPLY);
    assertThat(incoming("{'id':5,'reply':{'topic':'a b'}}").id()).isEqualTo("fallback");
    assertThat(incoming("{'id':5,'reply':{'topic':'a b'}}").replyAddress()).isNull();
    assertThat(incoming("nonsense").id()).isEqualTo("fallback");
    assertThat(incoming("nonsense").replyAddress()).isNull();
  }

  @Test
  void idAndAddress_areToldThoughTheRecordBreaksOff() {
    IncomingRequest broken =
        incoming(
            "{'other':{'id':'b'},'id':'a-1','reply':{'by':[1],'topic':'answers','partition':3},"
                + "'prompt':'x");
    assertThatThrownBy(broken::request).hasMessageContaining("not valid JSON");
    assertThat(broken.id()).isEqualTo("a-1");
    assertThat(broken.replyAddress()).isEqualTo(REPLY);
  }

  @Test
  void record_thatIsTooLarge_isNotParsed_andTellsIdAndAddress() {
    String numbers = "1,".repeat(5_000_000);
    IncomingRequest large =
        incoming(
            "{'prompt':[" + numbers + "1],'id':'a-1','reply':{'topic':'answers','partition':3}}");
    assertThatThrownBy(large::request)
        .isInstanceOf(Invalid.class)
        .hasMessage("the record may have at most 8388608 bytes unpacked, but has 10000067");
    assertThat(large.id()).isEqualTo("a-1");
    assertThat(large.replyAddress()).isEqualTo(REPLY);
  }

  @Test
  void record_thatHoldsTooManyValues_isUnreadable() {
    String messages = "{},".repeat(1_000_000);
    IncomingRequest large =
        incoming("{'messages':[" + messages + "{}],'reply':{'topic':'answers','partition':3}}");
    assertThatThrownBy(large::request).isInstanceOf(Invalid.class).hasMessageContaining("1000000");
    assertThat(large.replyAddress()).isEqualTo(REPLY);
  }

  static IncomingRequest incoming(String json) {
    return IncomingRequest.of(
        json.replace('\'', '"').getBytes(StandardCharsets.UTF_8), "fallback", NOW);
  }
}
