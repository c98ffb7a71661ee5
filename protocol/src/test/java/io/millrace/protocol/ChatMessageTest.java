package io.millrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ChatMessageTest {

  @Test
  void content_mayBeMissingBesideToolCalls() {
    Map<String, Object> calls = Map.of("role", "assistant", "tool_calls", List.of(Map.of()));

    assertThat(new Prompt.Chat(List.of(calls), true).messages()).containsExactly(calls);
    assertThat(ChatMessage.text(calls)).isEmpty();
  }

  @Test
  void text_isTheContentOrThatOfItsParts() {
    Map<String, String> a = Map.of("type", "text", "text", "a");
    Map<String, String> b = Map.of("type", "text", "text", "b");

    assertThat(ChatMessage.text(Map.of("role", "user", "content", "hi"))).isEqualTo("hi");
    assertThat(ChatMessage.text(Map.of("role", "user", "content", List.of(a, b))))
        .isEqualTo("a\nb");
    assertThat(ChatMessage.text(Map.of("role", "user", "content", "a\uD83D"))).isEqualTo("a\uFFFD");
  }
}
