package io.millrace.api.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.api.dispatch.ReplyPlace;
import io.millrace.api.exchange.AnswerPosition;
import io.millrace.api.exchange.AnswerPosition.Part;
import io.millrace.protocol.Invalid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventIdTest {
  private static final String REQUEST = "01234567-89ab-cdef-0123-456789abcdef";
  private static final StreamId STREAM =
      new StreamId(new Stamp(REQUEST, 1_800_000_000), new ReplyPlace(31, Long.MAX_VALUE / 99), -7);

  @Test
  void id_isReadAsItWasWritten() {
    for (Part part : Part.values()) {
      EventId id = new EventId(STREAM, 1234, new AnswerPosition(part, 100, 2, 3));
      assertThat(EventId.parse(id.toString())).isEqualTo(id);
    }
    EventId before = EventId.before(STREAM);
    assertThat(EventId.parse(before.toString())).isEqualTo(before);
    assertThat(before.toString()).startsWith(REQUEST + ".v-").endsWith(".fffffff9.0.o0-0-0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "7",
        "x",
        REQUEST + ".0-0.0.00000000.0.o0-0",
        REQUEST + ".0-0.0.00000000.0.x0-0-0",
        REQUEST + ".0-0.0.00000000.-1.o0-0-0",
        REQUEST + ".0-0.0.00000000.zzzzzzzzzzz.o0-0-0",
        "no-request.0-0.0.00000000.0.o0-0-0"
      })
  void otherText_isRefused(String text) {
    assertThatThrownBy(() -> EventId.parse(text))
        .isInstanceOfSatisfying(
            Invalid.class, e -> assertThat(e.param()).isEqualTo("Last-Event-ID"))
        .hasMessageContaining("must be the id of an event");
  }

  @Test
  void question_isOfPathAndBody() {
    assertThat(StreamId.question("/a", 1)).isEqualTo(StreamId.question("/a", 1));
    assertThat(StreamId.question("/a", 1))
        .isNotEqualTo(StreamId.question("/b", 1))
        .isNotEqualTo(StreamId.question("/a", 1 << 24));
  }
}
