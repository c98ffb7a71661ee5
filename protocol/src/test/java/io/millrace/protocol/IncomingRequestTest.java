package io.millrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

final class IncomingRequestTest {
  private static final Instant NOW = RecordSamples.NOW;
  private static final ReplyAddress REPLY = RecordSamples.REPLY;

  private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  private static final RequestDefaults DEFAULTS = new RequestDefaults("fallback", NOW);

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

  @Test
  void request_thatNamesNoTopic_isAnsweredOnTheDefaultTopic() {
    RequestDefaults defaults =
        new RequestDefaults(() -> "fallback", NOW, "default", TRACE, RequestClass.INTERACTIVE);
    for (String reply : List.of("", ",\"reply\":null", ",\"reply\":{}")) {
      IncomingRequest incoming = incoming("{\"prompt\":\"x\"" + reply + "}", defaults);
      assertThat(incoming.request().reply()).isEqualTo(new ReplyAddress("default", null));
      assertThat(incoming.request().echo()).isEqualTo(new Echo(null, TRACE));
    }
    IncomingRequest keyed = incoming("{'prompt':'x','reply':{'key':'k','partition':2}}", defaults);
    assertThat(keyed.request().reply()).isEqualTo(new ReplyAddress("default", 2, "k", null, false));
    IncomingRequest named = incoming("{'prompt':'x','reply':{'topic':'answers'}}", defaults);
    assertThat(named.request().reply()).isEqualTo(new ReplyAddress("answers", null));
  }

  @Test
  void record_thatIsUnreadable_isToldOnTheDefaultTopic() {
    RequestDefaults defaults =
        new RequestDefaults(() -> "fallback", NOW, "default", null, RequestClass.INTERACTIVE);
    for (String json :
        List.of("nonsense", "{'reply':{'topic':'a b'}}", "{'reply':5}", "{'prompt':5}", "")) {
      assertThat(incoming(json, defaults).replyAddress())
          .as(json)
          .isEqualTo(new ReplyAddress("default", null));
    }
    assertThat(incoming("{'prompt':5,'reply':{'key':'k'}}", defaults).replyAddress())
        .isEqualTo(new ReplyAddress("default", null, "k", null, false));
  }

  @Test
  void whatComesBack_isToldThoughTheRestIsWrong() {
    IncomingRequest wrong =
        incoming(
            "{'metadata':{'a':[1,'x',null]},'prompt':5,'traceparent':'" + TRACE + "','id':'a'");
    JsonNode metadata =
        JsonRecords.parse("{\"a\":[1,\"x\",null]}".getBytes(StandardCharsets.UTF_8));
    assertThat(wrong.echo()).isEqualTo(new Echo(metadata, TRACE));
    assertThat(wrong.id()).isEqualTo("a");
    for (String value : List.of("5", "'x'", "true", "[]", "-1.5")) {
      IncomingRequest scalar = incoming("{'metadata':" + value + ",'prompt':5}");
      assertThat(String.valueOf(scalar.echo().metadata())).isEqualTo(value.replace('\'', '"'));
    }
    assertThat(incoming("{'metadata':null,'prompt':5}").echo()).isEqualTo(Echo.NONE);
  }

  @Test
  void metadata_thatIsTooLarge_isRefused_andDoesNotComeBack() {
    String large = "x".repeat(4095);
    IncomingRequest incoming =
        incoming("{'prompt':'x','metadata':'" + large + "','reply':{'topic':'a'}}");
    assertThatThrownBy(incoming::request)
        .hasMessage("metadata may have at most 4096 bytes as JSON, but has 4097");
    assertThat(incoming.echo()).isEqualTo(Echo.NONE);
    String fits = "x".repeat(4094);
    assertThat(
            incoming("{'prompt':'x','metadata':'" + fits + "','reply':{'topic':'a'}}")
                .request()
                .echo()
                .metadata()
                .stringValue())
        .isEqualTo(fits);
  }

  @Test
  void record_inTheFrameOfASchemaRegistry_isReadIfItIsJson() {
    assertThat(
            IncomingRequest.of(framed("{\"prompt\":\"x\",\"reply\":{\"topic\":\"a\"}}"), DEFAULTS)
                .request()
                .prompt())
        .isEqualTo(new Prompt.Text("x"));
    IncomingRequest wrong =
        IncomingRequest.of(
            framed("{\"prompt\":5,\"id\":\"a\",\"reply\":{\"topic\":\"a\"}}"), DEFAULTS);
    assertThatThrownBy(wrong::request).hasMessageContaining("prompt must be a string");
    assertThat(wrong.id()).isEqualTo("a");
    assertThatThrownBy(IncomingRequest.of(framed("\u0002\u0006hey"), DEFAULTS)::request)
        .isInstanceOf(Invalid.class)
        .hasMessage(
            "the record is framed by a Schema Registry (schema id 258), but holds no JSON object: a"
                + " request is JSON, framed or not; Avro and Protobuf are not read");
    assertThatThrownBy(IncomingRequest.of(framed(""), DEFAULTS)::request)
        .hasMessageContaining("schema id 258");
  }

  private static byte[] framed(String content) {
    return ("\0\0\0\u0001\u0002" + content).getBytes(StandardCharsets.UTF_8);
  }

  static IncomingRequest incoming(String json) {
    return incoming(json, DEFAULTS);
  }

  private static IncomingRequest incoming(String json, RequestDefaults defaults) {
    return IncomingRequest.of(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8), defaults);
  }
}
