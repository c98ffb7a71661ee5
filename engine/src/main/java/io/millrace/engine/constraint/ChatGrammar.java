package io.millrace.engine.constraint;

import io.millrace.engine.constraint.AnswerGrammar.Part;
import io.millrace.grammar.GrammarSource;
import io.millrace.grammar.GrammarSource.AnyOf;
import io.millrace.grammar.GrammarSource.Sequence;
import io.millrace.grammar.GrammarSource.Until;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.NamedConstraint;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.ToolChoice;
import io.millrace.protocol.Tools;
import io.millrace.toolparser.OutputFormat;
import io.millrace.toolparser.ReasoningTags;
import io.millrace.toolparser.ToolCallFormat;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The grammar of an answer to a conversation: its reasoning, if there is any, then calls, or text
 * that matches what it must. Calls that must come, that may not be of any function, or whose
 * arguments are strict, are written as the model writes them, and nothing else is.
 */
public final class ChatGrammar {
  private static final String WHITE_SPACE = "[ \\n\\r\\t]{0,8}";

  private ChatGrammar() {}

  /** Whether anything is asked of the answer. */
  public static boolean isAsked(Prompt.Chat chat, @Nullable NamedConstraint constraint) {
    return constraint != null || choosesCalls(chat);
  }

  private static boolean choosesCalls(Prompt.Chat chat) {
    return chat.tools() != null
        && (chat.toolChoice() != null || chat.tools().stream().anyMatch(Tools::isStrict));
  }

  /**
   * The grammar; null if any text will do.
   *
   * @param format how the answer is read
   * @throws Invalid naming the field, if what is asked cannot be enforced
   */
  public static @Nullable AnswerGrammar of(
      Prompt.Chat chat, @Nullable NamedConstraint constraint, OutputFormat format) {
    ToolCallFormat notation = chat.tools() == null ? null : format.toolCalls();
    ToolChoice choice = chat.toolChoice();
    boolean forced = choice != null && choice.isForced();
    if (constraint == null && (notation == null || !choosesCalls(chat))) {
      return null;
    }
    CallGrammar calls = notation == null ? null : new CallGrammar(chat, notation.syntax(), forced);
    List<Part> parts = new ArrayList<>();
    List<GrammarSource> ways = new ArrayList<>();
    if (constraint != null && !forced) {
      Part part = AnswerGrammar.part(constraint);
      parts.add(part);
      ways.add(part.source());
    }
    if (calls != null) {
      parts.addAll(calls.parts());
      ways.add(constraint == null && !forced ? calls.withinText() : calls.whole());
    }
    boolean startsAsText = constraint == null && !forced && calls != null && !calls.isBare();
    GrammarSource answer = ways.size() == 1 ? ways.get(0) : new AnyOf(ways);
    return new AnswerGrammar(
        startsAsText ? answer : behindReasoning(answer, format.reasoning(), calls),
        parts,
        format.markers());
  }

  private static GrammarSource behindReasoning(
      GrammarSource answer, @Nullable ReasoningTags tags, @Nullable CallGrammar calls) {
    if (tags == null) {
      return answer;
    }
    // What looks like a call is read as one within the reasoning, too.
    List<String> triggers = calls == null ? List.of() : calls.triggers();
    GrammarSource reasoning =
        new Sequence(
            List.of(
                GrammarSource.text(tags.start()),
                new Until(CallGrammar.anyTextWithout(triggers), tags.end()),
                new GrammarSource.Regex(WHITE_SPACE)));
    return new Sequence(List.of(new AnyOf(List.of(GrammarSource.text(""), reasoning)), answer));
  }
}
