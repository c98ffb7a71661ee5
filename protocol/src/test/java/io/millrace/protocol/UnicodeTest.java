package io.millrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class UnicodeTest {

  @Test
  void toWellFormed_replacesHalvesOfPairsOnly() {
    assertThat(Unicode.toWellFormed("a😀\uFFFD\u0000é")).isEqualTo("a😀\uFFFD\u0000é");
    assertThat(Unicode.toWellFormed("\uD83D")).isEqualTo("\uFFFD");
    assertThat(Unicode.toWellFormed("\uDE00\uD83D")).isEqualTo("\uFFFD\uFFFD");
    assertThat(Unicode.toWellFormed("a\uD83D\uD83D\uDE00\uDE00b")).isEqualTo("a\uFFFD😀\uFFFDb");
  }

  /** So that an echo of it is a text too. */
  @Test
  void prompt_ofHalfACharacterIsReadAsReplacement() {
    String json = "{\"prompt\": \"a\\ud83d\", \"reply\": {\"topic\": \"t\"}}";
    byte[] record = json.getBytes(StandardCharsets.UTF_8);
    assertThat(
            IncomingRequest.of(record, new RequestDefaults("id", Instant.EPOCH)).request().prompt())
        .isEqualTo(new Prompt.Text("a\uFFFD"))
        .isEqualTo(new Prompt.Text("a\uDE00"));
  }
}
