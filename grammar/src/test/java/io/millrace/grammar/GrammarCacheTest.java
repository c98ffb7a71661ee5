package io.millrace.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.grammar.json.JsonStyle;
import io.millrace.grammar.limit.GrammarLimits;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Grammars are compiled once while they are asked for. */
final class GrammarCacheTest {
  @Test
  void sameSource_isOneGrammar() {
    GrammarCache cache = new GrammarCache(GrammarLimits.DEFAULT, 2);
    Grammar first = cache.get(new GrammarSource.Regex("a+"));
    assertThat(cache.get(new GrammarSource.Regex("a+"))).isSameAs(first);
    cache.get(new GrammarSource.Choice(List.of("a")));
    cache.get(new GrammarSource.Rules("root ::= \"a\""));
    assertThat(cache.get(new GrammarSource.Regex("a+"))).isNotSameAs(first);
  }

  @Test
  void kinds_areNotTakenForEachOther() {
    GrammarCache cache = new GrammarCache(GrammarLimits.DEFAULT, 9);
    assertThat(TestTokens.accepts(cache.get(new GrammarSource.Regex("root ::= \"a\"")), "a"))
        .isFalse();
    assertThat(TestTokens.accepts(cache.get(new GrammarSource.Rules("root ::= \"a\"")), "a"))
        .isTrue();
    assertThat(
            TestTokens.accepts(
                cache.get(new GrammarSource.JsonSchema("{\"const\":1}", JsonStyle.COMPACT)), "1"))
        .isTrue();
  }
}
