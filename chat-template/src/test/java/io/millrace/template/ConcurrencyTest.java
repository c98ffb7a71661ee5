package io.millrace.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ConcurrencyTest {
  @Test
  void threads_shareATemplateWithoutMixingConversations() {
    ChatTemplate template =
        ChatTemplate.compile(
            "{% set ns = namespace(n=0) %}{% macro m(x) %}<{{ x }}>{% endmacro %}"
                + "{% for q in messages %}{% set ns.n = ns.n + q.content %}{{ m(ns.n) }}{% endfor %}");
    List<String> prompts =
        IntStream.range(0, 2_000)
            .parallel()
            .mapToObj(
                i ->
                    template.render(
                        Conversation.of(List.of(Map.of("content", i), Map.of("content", 1))),
                        SpecialTokens.NONE,
                        Clock.systemUTC()))
            .toList();
    for (int i = 0; i < prompts.size(); i++) {
      assertThat(prompts.get(i)).isEqualTo("<%d><%d>".formatted(i, i + 1));
    }
  }
}
