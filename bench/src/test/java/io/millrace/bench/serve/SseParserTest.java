package io.millrace.bench.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SseParserTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 7, 1000})
  void events_areTheSameWhereverBytesAreCut(int size) {
    String stream =
        ": a comment\n\ndata: {\"text\":\"größer 🌊\"}\n\nevent: x\nid: 4\ndata:second\r\n\r\n"
            + "data: two\ndata: lines\n\nretry\n\ndata: [DONE]\n\n";

    assertThat(parse(stream, size))
        .containsExactly("{\"text\":\"größer 🌊\"}", "second", "two\nlines", "[DONE]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n", "\r"})
  void lines_endInAnyWay(String end) {
    assertThat(parse("data: a" + end + end + "data: b" + end + end, 1)).containsExactly("a", "b");
  }

  @Test
  void finish_endsTheLastEvent() {
    assertThat(parse("data: a\n\ndata: b", 4)).containsExactly("a", "b");
    assertThat(parse("data: a\n\ndata: b\n", 4)).containsExactly("a", "b");
    assertThat(parse("", 4)).isEmpty();
  }

  @Test
  void data_mayBeLongAndMayBeEmpty() {
    String text = "x".repeat(5000);

    assertThat(parse("data: " + text + "\n\ndata\n\n", 100)).containsExactly(text, "");
  }

  private static List<String> parse(String stream, int size) {
    List<String> events = new ArrayList<>();
    SseParser parser = new SseParser(events::add);
    byte[] bytes = stream.getBytes(StandardCharsets.UTF_8);
    for (int at = 0; at < bytes.length; at += size) {
      parser.accept(ByteBuffer.wrap(bytes, at, Math.min(size, bytes.length - at)));
    }
    parser.finish();
    return events;
  }
}
