package io.millrace.engine.constraint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.grammar.Grammar;
import io.millrace.grammar.GrammarMatcher;
import io.millrace.grammar.limit.GrammarLimits;
import io.millrace.grammar.token.Vocabulary;
import io.millrace.protocol.Invalid;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConstrainedAnswerTest {
  private static final int END = 4;
  private static final int STOP = 5;

  private final ExecutorService threads = Executors.newSingleThreadExecutor();

  @AfterEach
  void close() {
    threads.shutdownNow();
  }

  @Test
  void mask_narrowsToWhatIsWishedForWhileATokenIsLeft() {
    assertThat(mask("[abc]", wish(Set.of(0), List.of(), List.of()))).containsExactly(1, 2);
    assertThat(mask("[abc]", wish(Set.of(0), List.of(0, 1), List.of()))).containsExactly(1);
    assertThat(mask("[abc]", wish(Set.of(), List.of(0, 1), List.of(1)))).containsExactly(1);
    assertThat(mask("[ab]", wish(Set.of(0, 1), List.of(2), List.of(END)))).containsExactly(0, 1);
  }

  @Test
  void ends_areAllowedWhereTheGrammarMayEnd() {
    ConstrainedAnswer answer = answer("ab*", Set.of(END, STOP), Set.of());
    answer.prepare(TokenChoice.ANY, 1000);
    assertThat(tokens(answer)).containsExactly(0, 3);
    answer.accept(0);
    answer.prepare(TokenChoice.ANY, 1000);
    assertThat(tokens(answer)).containsExactly(1, END, STOP);
    answer.prepare(wish(Set.of(END, STOP), List.of(), List.of()), 1000);
    assertThat(tokens(answer)).containsExactly(1);
    assertThat(answer.isComplete()).isFalse();
  }

  @Test
  void ignoredEnd_isAllowedWhereNothingElseIs() {
    ConstrainedAnswer answer = answer("a?", Set.of(), Set.of(END));
    answer.prepare(TokenChoice.ANY, 1000);
    assertThat(tokens(answer)).containsExactly(0);
    answer.accept(0);
    assertThat(answer.isComplete()).isTrue();
  }

  @Test
  void lastTokens_leadToTheEnd() {
    ConstrainedAnswer answer = answer("a*b", Set.of(END), Set.of());
    answer.prepare(TokenChoice.ANY, 2);
    assertThat(tokens(answer)).containsExactly(0, 1, 3);
    answer.accept(0);
    answer.prepare(TokenChoice.ANY, 1);
    assertThat(tokens(answer)).containsExactly(1, 3);
  }

  @Test
  void textThatNoTokenSpells_isRefusedWithTheNextToken() {
    ConstrainedAnswer answer = answer("ax", Set.of(END), Set.of());
    answer.accept(0);
    answer.prepare(TokenChoice.ANY, 1000);
    assertThat(tokens(answer)).hasSize(64);
    assertThatThrownBy(() -> answer.accept(1))
        .isInstanceOf(Invalid.class)
        .hasMessage("guided_regex: cannot go on with any token of the model");
  }

  private List<Integer> mask(String regex, TokenChoice wishes) {
    ConstrainedAnswer answer = answer(regex, Set.of(END), Set.of());
    answer.prepare(wishes, 1000);
    return tokens(answer);
  }

  /** Of a model whose tokens are a, b, c, ab, an end and a mark. */
  private ConstrainedAnswer answer(String regex, Set<Integer> stops, Set<Integer> ignored) {
    List<byte[]> bytes = new ArrayList<>();
    for (String token : List.of("a", "b", "c", "ab", "", "")) {
      bytes.add(token.getBytes(StandardCharsets.UTF_8));
    }
    Vocabulary vocabulary = new Vocabulary(bytes, Set.of(END));
    Grammar grammar = Grammar.regex(regex, GrammarLimits.DEFAULT);
    return new ConstrainedAnswer(
        "guided_regex",
        new GrammarMatcher(grammar, vocabulary),
        vocabulary,
        stops,
        ignored,
        threads,
        ConstraintListener.NONE);
  }

  private static List<Integer> tokens(ConstrainedAnswer answer) {
    return BitSet.valueOf(answer.mask().words()).stream().boxed().toList();
  }

  private static TokenChoice wish(
      Set<Integer> forbidden, List<Integer> allowed, List<Integer> forced) {
    return new TokenChoice(forbidden, allowed, forced);
  }
}
