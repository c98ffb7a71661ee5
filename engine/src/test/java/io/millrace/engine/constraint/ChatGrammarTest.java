package io.millrace.engine.constraint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.grammar.Grammar;
import io.millrace.grammar.GrammarMatcher;
import io.millrace.grammar.limit.GrammarLimits;
import io.millrace.grammar.token.Vocabulary;
import io.millrace.protocol.Constraint;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.NamedConstraint;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.ToolChoice;
import io.millrace.toolparser.CallIds;
import io.millrace.toolparser.OutputFormat;
import io.millrace.toolparser.OutputParser;
import io.millrace.toolparser.ReasoningTags;
import io.millrace.toolparser.ToolCallFormat;
import io.millrace.toolparser.schema.ToolSchemas;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Texts that answers to a conversation may be. */
final class ChatGrammarTest {
  private static final NamedConstraint YES =
      new NamedConstraint("guided_regex", new Constraint.Regex("yes"));
  private static final Vocabulary BYTES = bytes();
  private static final OutputFormat HERMES = format(ToolCallFormat.HERMES, null);
  private static final String CALL =
      "<tool_call>\n{\"name\": \"f\", \"arguments\": {\"n\": 1}}\n</tool_call>";
  private static final String OTHER = CALL.replace("\"f\"", "\"g\"");
  private static final String WRONG = CALL.replace("1", "\"1\"");

  @ParameterizedTest
  @EnumSource
  void strictCall_isValidWhereverItBegins(ToolCallFormat notation) {
    OutputFormat format = format(notation, null);
    Prompt.Chat chat = chat(ToolChoice.AUTO, true, null);
    AnswerGrammar grammar = Objects.requireNonNull(ChatGrammar.of(chat, null, format));
    String call = written(grammar, notation);

    assertThat(accepts(grammar, "")).isTrue();
    assertThat(accepts(grammar, "It is <so> f(x) 日本 \n")).isTrue();
    assertThat(accepts(grammar, call)).as(call).isTrue();
    assertThat(accepts(grammar, call.replaceFirst("7(?=[^7]*$)", "true"))).isFalse();
    if (notation != ToolCallFormat.LLAMA3_JSON && notation != ToolCallFormat.PYTHONIC) {
      assertThat(accepts(grammar, "Let me see.\n" + call + "\nThat" + call)).isTrue();
    }
    assertThat(calls(format, chat, call)).isEqualTo(1);
  }

  @Test
  void oneCallAtMost_isTheEnd() {
    AnswerGrammar grammar = grammar(ToolChoice.AUTO, true, false, null, HERMES);

    assertThat(accepts(grammar, "so " + CALL)).isTrue();
    assertThat(accepts(grammar, CALL + "\n" + CALL)).isFalse();
  }

  @Test
  void functionsThatAreNotAllowed_areNotCalled() {
    AnswerGrammar grammar = grammar(ToolChoice.AUTO.among(List.of("f")), false, null, null, HERMES);

    assertThat(accepts(grammar, CALL)).isTrue();
    assertThat(accepts(grammar, WRONG)).as("it is not strict").isTrue();
    assertThat(accepts(grammar, OTHER)).isFalse();
  }

  @Test
  void constraint_holdsForAnAnswerThatIsNoCall() {
    AnswerGrammar auto = grammar(ToolChoice.AUTO, false, null, YES, HERMES);
    for (String accepted : List.of("yes", CALL, OTHER, WRONG, CALL + "\n" + OTHER)) {
      assertThat(accepts(auto, accepted)).as(accepted).isTrue();
    }
    assertThat(accepts(auto, "no")).isFalse();
    assertThat(accepts(auto, "yes" + CALL)).isFalse();

    AnswerGrammar required = grammar(ToolChoice.REQUIRED, false, null, YES, HERMES);
    assertThat(accepts(required, CALL)).isTrue();
    assertThat(accepts(required, WRONG)).isFalse();
    assertThat(accepts(required, "yes")).isFalse();
  }

  @Test
  void constraint_beginsBehindTheReasoning() {
    OutputFormat format = format(ToolCallFormat.HERMES, ReasoningTags.THINK);
    AnswerGrammar grammar = grammar(ToolChoice.AUTO, false, null, YES, format);

    for (String accepted : List.of("yes", "<think>\nno</think>\n\nyes", "<think></think>" + CALL)) {
      assertThat(accepts(grammar, accepted)).as(accepted).isTrue();
    }
    for (String refused : List.of("<think>yes", "no</think>yes", "<think>" + CALL)) {
      assertThat(accepts(grammar, refused)).as(refused).isFalse();
    }
    assertThat(accepts(grammar, "<think>", "hm</think>yes")).isTrue();
  }

  @Test
  void answerOfWhichNothingIsAsked_hasNoGrammar() {
    assertThat(ChatGrammar.of(chat(ToolChoice.AUTO, false, null), null, HERMES)).isNull();
    assertThat(ChatGrammar.of(chat(ToolChoice.AUTO, true, null), null, OutputFormat.TEXT)).isNull();
  }

  @Test
  void nameThatANotationCannotHave_isRefused() {
    Prompt.Chat chat =
        new Prompt.Chat(
            List.of(Map.of("role", "user", "content", "hi")),
            true,
            List.of(Map.of("function", Map.of("name", "a b"))),
            Map.of(),
            false,
            ToolChoice.REQUIRED,
            null);

    assertThatThrownBy(() -> ChatGrammar.of(chat, null, HERMES))
        .isInstanceOf(Invalid.class)
        .hasMessageStartingWith("tools[0].function.parameters: the name of a function must be");
  }

  /** A valid call: what the grammar forces, and a number where there is a choice. */
  private static String written(AnswerGrammar grammar, ToolCallFormat notation) {
    String begin =
        notation.syntax().triggers().stream()
            .filter(it -> (notation.syntax().prefix() + notation.syntax().before()).startsWith(it))
            .findFirst()
            .orElse(notation == ToolCallFormat.PYTHONIC ? "[" : "{");
    StringBuilder text = new StringBuilder(begin);
    GrammarMatcher matcher = matcher(grammar, begin);
    while (true) {
      String forced = new String(matcher.forcedBytes(), StandardCharsets.UTF_8);
      append(matcher, text, forced);
      if (text.length() > begin.length() && matcher.canEnd()) {
        return text.toString();
      }
      append(matcher, text, way(matcher));
      assertThat(text.length()).as(text.toString()).isLessThan(1000);
    }
  }

  private static String way(GrammarMatcher matcher) {
    return List.of("f", "7", "\"", "}", ")", "]", "s", "<", "\n", "{", "n", ":", ",", " ").stream()
        .filter(way -> matcher.fork().accept(way.charAt(0)))
        .findFirst()
        .orElseThrow();
  }

  private static void append(GrammarMatcher matcher, StringBuilder text, String more) {
    text.append(more);
    for (byte b : more.getBytes(StandardCharsets.UTF_8)) {
      assertThat(matcher.accept(b & 0xff)).isTrue();
    }
  }

  private static long calls(OutputFormat format, Prompt.Chat chat, String text) {
    CallIds ids = format.callIds("a", 0);
    OutputParser parser = new OutputParser(format, ToolSchemas.of(chat.tools()), ids, false);
    List<Boolean> complete = new ArrayList<>();
    List.of(parser.append(text), parser.finish())
        .forEach(
            pieces ->
                pieces.forEach(
                    piece ->
                        piece.handle(
                            content -> {},
                            reasoning -> {},
                            call -> {},
                            more -> {},
                            end -> complete.add(end.complete()))));
    assertThat(complete).doesNotContain(false);
    return complete.size();
  }

  private static AnswerGrammar grammar(
      ToolChoice choice,
      boolean strict,
      @Nullable Boolean parallel,
      @Nullable NamedConstraint constraint,
      OutputFormat format) {
    return Objects.requireNonNull(
        ChatGrammar.of(chat(choice, strict, parallel), constraint, format));
  }

  private static boolean accepts(AnswerGrammar grammar, String text) {
    return accepts(grammar, "", text);
  }

  private static boolean accepts(AnswerGrammar grammar, String begun, String text) {
    GrammarMatcher matcher = matcher(grammar, begun);
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      if (!matcher.accept(b & 0xff)) {
        return false;
      }
    }
    return matcher.canEnd();
  }

  private static GrammarMatcher matcher(AnswerGrammar grammar, String begun) {
    GrammarMatcher matcher =
        new GrammarMatcher(Grammar.of(grammar.source(), GrammarLimits.DEFAULT), BYTES);
    assertThat(matcher.begin(begun)).isTrue();
    return matcher;
  }

  private static Prompt.Chat chat(ToolChoice choice, boolean strict, @Nullable Boolean parallel) {
    return new Prompt.Chat(
        List.of(Map.of("role", "user", "content", "hi")),
        true,
        List.of(tool("f", strict), tool("g", strict)),
        Map.of(),
        false,
        choice,
        parallel);
  }

  private static Map<String, Object> tool(String name, boolean strict) {
    Map<String, Object> parameters =
        Map.of(
            "properties",
            Map.of("n", Map.of("type", "integer", "maximum", 9, "minimum", 0)),
            "required",
            List.of("n"),
            "additionalProperties",
            false);
    return Map.of("function", Map.of("name", name, "strict", strict, "parameters", parameters));
  }

  private static OutputFormat format(ToolCallFormat notation, @Nullable ReasoningTags tags) {
    return new OutputFormat(notation, tags, List.of());
  }

  private static Vocabulary bytes() {
    List<byte[]> bytes = new ArrayList<>();
    for (int b = 0; b < 256; b++) {
      bytes.add(new byte[] {(byte) b});
    }
    return new Vocabulary(bytes, Set.of());
  }
}
