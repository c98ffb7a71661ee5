package io.millrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class DeadLetterTest {
  @Test
  void headers_areWrittenAndRead() {
    DeadLetter letter = new DeadLetter("no", 3, "w", "millrace.requests.m.interactive", 0, 17);
    assertThat(DeadLetter.of(letter.headers())).contains(letter);
    assertThat(DeadLetter.of(Map.of())).isEmpty();
    assertThat(DeadLetter.of(Map.of("millrace-reason", "no"))).isEmpty();
  }

  @Test
  void headerOfAReplay_isWrittenAndRead() {
    assertThat(DeadLetterReplay.offset(new DeadLetterReplay(17).headers())).hasValue(17);
    assertThat(DeadLetterReplay.offset(Map.of("other", "17"))).isEmpty();
  }
}
