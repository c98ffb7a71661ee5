package io.millrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class JsonRecordsTest {
  @ParameterizedTest
  @CsvSource({
    "c080, an overlong zero",
    "c1bf, an overlong letter",
    "e08080, three bytes for what needs one",
    "f0808080, four bytes for what needs one",
    "eda080, half of a pair",
    "edbfbf, the other half",
    "f4908080, beyond U+10FFFF",
    "f8888080, five bytes",
    "ff, no beginning",
    "80, no beginning",
    "c3, no end",
    "e282, no end"
  })
  void bytesThatAreNoText_areRefused(String hex, String why) {
    for (int before : new int[] {0, 1, 4090, 4095, 4096, 10_000}) {
      byte[] wrong = HexFormat.of().parseHex(hex);
      byte[] body = ("{\"a\":\"" + "x".repeat(before) + "?\"}").getBytes(StandardCharsets.UTF_8);
      byte[] sent = new byte[body.length + wrong.length - 1];
      int at = 6 + before;
      System.arraycopy(body, 0, sent, 0, at);
      System.arraycopy(wrong, 0, sent, at, wrong.length);
      System.arraycopy(body, at + 1, sent, at + wrong.length, 2);
      assertThatThrownBy(() -> JsonRecords.parse(sent))
          .as(why)
          .isInstanceOf(Invalid.class)
          .hasMessage("the body is not valid UTF-8 (at byte %d)", at + 1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"é", "\u20ac", "\ud83d\ude00", "\udbff\udfff", "\ufeff"})
  void text_isRead(String text) {
    for (int before : new int[] {0, 4094, 4095, 4096}) {
      String value = "x".repeat(before) + text;
      byte[] sent = ("{\"a\":\"" + value + "\"}").getBytes(StandardCharsets.UTF_8);
      assertThat(JsonRecords.parse(sent).get("a").stringValue()).isEqualTo(value);
    }
  }

  @Test
  void limits_areToldInWords() {
    assertThatThrownBy(() -> parse("{\"a\":[" + "1,".repeat(1_000_000) + "1]}"))
        .hasMessage("the body may hold at most 1000000 values, names and brackets");
    assertThatThrownBy(() -> parse("{\"a\":" + "[".repeat(1000)))
        .hasMessage("the body may be nested at most 500 deep");
    assertThatThrownBy(() -> parse("{\"a\":" + "1".repeat(2000) + "}"))
        .hasMessage("the body may hold numbers of at most 1000 characters");
    assertThatThrownBy(() -> parse("{\"" + "a".repeat(60_000) + "\":1}"))
        .hasMessage("the body may hold names of at most 50000 characters");
  }

  private static ObjectNode parse(String json) {
    return JsonRecords.parse(json.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "{\"a\":",
        "[1,",
        "{\"a\":\"",
        "{\"a\":nul}",
        "{\"a\":NaN}",
        "{'a':1}",
        "{\"a\":01}",
        "{\"a\":\"\\x\"}",
        "{\"a\":1}}",
        "// x",
        "{\"a\":\"\n\"}",
        "{\"a\":-Infinity}",
        "{\"a\" 1}"
      })
  void whatIsNoJson_isToldInPlainWords(String body) {
    assertThatThrownBy(() -> JsonRecords.parse(body.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(Invalid.class)
        .hasMessageStartingWith("the body ")
        .message()
        .doesNotContain("REDACTED", "Feature", "Source", "`")
        .hasSizeLessThan(250);
  }

  @Test
  void largeValues_areRepeatedInPart() {
    String digits = "{\"a\":" + "1".repeat(2000) + "}";
    assertThatThrownBy(() -> JsonRecords.parse(digits.getBytes(StandardCharsets.UTF_8)))
        .hasMessage("the body may hold numbers of at most 1000 characters");
    String token = "{\"a\":" + "z".repeat(2000) + "}";
    assertThatThrownBy(() -> JsonRecords.parse(token.getBytes(StandardCharsets.UTF_8)))
        .message()
        .contains("zzz...")
        .hasSizeLessThan(300);
  }

  @Test
  void excerpt_has64CharactersAndWholeOnes() {
    assertThat(Excerpt.of("x".repeat(64))).isEqualTo("x".repeat(64));
    assertThat(Excerpt.of("x".repeat(65))).isEqualTo("x".repeat(61) + "...");
    assertThat(Excerpt.of("x".repeat(60) + "\ud83d\ude00" + "x".repeat(9)))
        .isEqualTo("x".repeat(60) + "...");
  }
}
