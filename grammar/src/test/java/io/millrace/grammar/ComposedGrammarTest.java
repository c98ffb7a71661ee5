package io.millrace.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.grammar.GrammarSource.AnyOf;
import io.millrace.grammar.GrammarSource.JsonSchema;
import io.millrace.grammar.GrammarSource.Member;
import io.millrace.grammar.GrammarSource.Members;
import io.millrace.grammar.GrammarSource.RawString;
import io.millrace.grammar.GrammarSource.Regex;
import io.millrace.grammar.GrammarSource.Repeat;
import io.millrace.grammar.GrammarSource.Rules;
import io.millrace.grammar.GrammarSource.Sequence;
import io.millrace.grammar.GrammarSource.Until;
import io.millrace.grammar.GrammarSource.Without;
import io.millrace.grammar.error.UnsatisfiableGrammarException;
import io.millrace.grammar.json.JsonStyle;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Answers that are composed of parts of several kinds. */
final class ComposedGrammarTest {
  private static final RawString ANY = new RawString("", 0, RawString.UNBOUNDED, List.of());

  @Test
  void parts_followEachOther() {
    GrammarSource nested = new Rules("root ::= \"(\" root? \")\"");
    GrammarSource json = new JsonSchema("{\"type\":\"array\"}", JsonStyle.COMPACT);
    GrammarSource source =
        new Sequence(List.of(GrammarSource.text("<a>"), json, nested, new Regex("[xy]+")));

    assertThat(accepts(source, "<a>[1,[true]](())xyx")).isTrue();
    assertThat(accepts(source, "<a>[1](()xyx")).isFalse();
    assertThat(accepts(source, "<a>[1](())")).isFalse();
  }

  @Test
  void repeatedPart_hasASeparatorBetweenTwo() {
    GrammarSource part = new AnyOf(List.of(new Regex("a+"), GrammarSource.text("b")));
    GrammarSource source =
        new Sequence(
            List.of(GrammarSource.text("["), new Repeat(part, ", "), GrammarSource.text("]")));

    for (String accepted : List.of("[a]", "[aa, b]", "[b, b, a]")) {
      assertThat(accepts(source, accepted)).isTrue();
    }
    for (String refused : List.of("[]", "[a, ]", "[a b]", "[, a]", "[a, b")) {
      assertThat(accepts(source, refused)).isFalse();
    }
  }

  @Test
  void members_mayBeMissingUnlessTheyAreRequired() {
    GrammarSource source =
        new Members(List.of(member(false, "a"), member(true, "b"), member(false, "c")), ",");

    for (String accepted : List.of("a,b,c", "b", "a,b", "b,c")) {
      assertThat(accepts(source, accepted)).isTrue();
    }
    for (String refused : List.of("", "a", "a,c", ",b", "b,", "b,a")) {
      assertThat(accepts(source, refused)).isFalse();
    }
    assertThat(accepts(new Members(List.of(), ","), "")).isTrue();
    assertThat(accepts(new Members(List.of(member(false, "a"), member(false, "b")), ","), ""))
        .isTrue();
  }

  @Test
  void freeText_endsWithItsWordAndHasNoneOfTheOthers() {
    GrammarSource call = new Sequence(List.of(new Until(ANY, "<f>"), GrammarSource.text("()")));
    GrammarSource source = new AnyOf(List.of(call, new Without(List.of("<f>"))));

    for (String accepted : List.of("", "some <f text", "<f>()", "a <<f>()", "é日本<f>()")) {
      assertThat(accepts(source, accepted)).as(accepted).isTrue();
    }
    for (String refused : List.of("<f>", "a <f> b", "<f>()<f>()", "a<f>(")) {
      assertThat(accepts(source, refused)).as(refused).isFalse();
    }
  }

  @Test
  void rawString_isWhatItsConditionsSay() {
    GrammarSource source = new Until(new RawString("^[ab]", 2, 3, List.of("ac")), "</v>");

    for (String accepted : List.of("ab</v>", "bé日</v>", "a<</v>")) {
      assertThat(accepts(source, accepted)).as(accepted).isTrue();
    }
    for (String refused : List.of("a</v>", "xab</v>", "bac</v>", "abab</v>", "ab")) {
      assertThat(accepts(source, refused)).as(refused).isFalse();
    }
  }

  @Test
  void partWithoutAnyText_isRefused() {
    GrammarSource never = new Until(new RawString("^a$", 2, 3, List.of()), "x");

    assertThatThrownBy(() -> Grammar.of(never, TestLimits.PATIENT))
        .isInstanceOf(UnsatisfiableGrammarException.class);
  }

  private static Member member(boolean required, String text) {
    return new Member(required, GrammarSource.text(text));
  }

  private static boolean accepts(GrammarSource source, String text) {
    return TestTokens.accepts(Grammar.of(source, TestLimits.PATIENT), text);
  }
}
