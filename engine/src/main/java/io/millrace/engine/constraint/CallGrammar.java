package io.millrace.engine.constraint;

import io.millrace.engine.constraint.AnswerGrammar.Part;
import io.millrace.grammar.GrammarSource;
import io.millrace.grammar.GrammarSource.AnyOf;
import io.millrace.grammar.GrammarSource.RawString;
import io.millrace.grammar.GrammarSource.Repeat;
import io.millrace.grammar.GrammarSource.Sequence;
import io.millrace.grammar.GrammarSource.Until;
import io.millrace.grammar.json.JsonStyle;
import io.millrace.grammar.json.KeyOrder;
import io.millrace.grammar.json.Whitespace;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.ToolChoice;
import io.millrace.protocol.Tools;
import io.millrace.toolparser.CallSyntax;
import io.millrace.toolparser.schema.ToolSchemas;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** The calls that an answer may have, in the syntax of a model. */
final class CallGrammar {
  /** As Python's {@code json.dumps} writes it, which is what models have seen. */
  private static final JsonStyle STYLE = new JsonStyle(Whitespace.SPACED, KeyOrder.SCHEMA);

  /** Any text without these words. */
  static RawString anyTextWithout(List<String> words) {
    return new RawString("", 0, RawString.UNBOUNDED, words);
  }

  private final CallSyntax syntax;
  private final boolean single;
  private final List<List<CallSyntax.Part>> calls = new ArrayList<>();
  private final List<Part> parts = new ArrayList<>();

  /**
   * @param forced whether arguments are valid under the schemas of functions that are not strict,
   *     too
   * @throws Invalid naming the field, if a call cannot be enforced
   */
  CallGrammar(Prompt.Chat chat, CallSyntax syntax, boolean forced) {
    this.syntax = syntax;
    ToolChoice choice = chat.toolChoice() == null ? ToolChoice.AUTO : chat.toolChoice();
    this.single =
        choice.kind() == ToolChoice.Kind.FUNCTION || Boolean.FALSE.equals(chat.parallelToolCalls());
    List<Map<String, Object>> tools = chat.tools() == null ? List.of() : chat.tools();
    ToolSchemas schemas = ToolSchemas.of(tools);
    for (int i = 0; i < tools.size(); i++) {
      String name = Tools.name(tools.get(i));
      if (name != null && choice.allows(name)) {
        Map<String, Object> schema = schemas.parameters(name);
        boolean exact = forced || Tools.isStrict(tools.get(i));
        add("tools[%d].function.parameters".formatted(i), name, exact ? schema : relaxed(schema));
      }
    }
  }

  private void add(String param, String name, Map<String, Object> parameters) {
    try {
      List<CallSyntax.Part> call = syntax.call(name, parameters);
      calls.add(call);
      parts.add(new Part(param, sequence(call, 0)));
    } catch (IllegalArgumentException e) {
      throw new Invalid(param, param + ": " + e.getMessage());
    }
  }

  /** A schema that arguments of any value satisfy, by whatever names the notation must list. */
  private static Map<String, Object> relaxed(Map<String, Object> schema) {
    Map<String, Object> any = new LinkedHashMap<>();
    if (schema.get("properties") instanceof Map<?, ?> properties) {
      properties.keySet().forEach(key -> any.put(String.valueOf(key), Map.of()));
    }
    return Map.of("type", "object", "properties", any);
  }

  /** The calls, each with the field that describes it. */
  List<Part> parts() {
    return parts;
  }

  /** The texts that begin calls wherever they come. */
  List<String> triggers() {
    return syntax.triggers();
  }

  /** Whether calls can only be the whole answer. */
  boolean isBare() {
    return trigger().isEmpty();
  }

  /** An answer of calls alone. */
  GrammarSource whole() {
    return behind("");
  }

  /** Any text, with calls in it where their trigger is written. */
  GrammarSource withinText() {
    GrammarSource free = new GrammarSource.Without(triggers());
    if (isBare()) {
      return new AnyOf(List.of(whole(), text()));
    }
    GrammarSource calls =
        new Sequence(List.of(new Until(anyTextWithout(triggers()), trigger()), behind(trigger())));
    return new AnyOf(
        List.of(free, single ? calls : new Sequence(List.of(new Repeat(calls, ""), free))));
  }

  /** An answer that does not begin as calls do which nothing announces. */
  private GrammarSource text() {
    String start = syntax.prefix().isEmpty() ? "{" : syntax.prefix().substring(0, 1);
    return new AnyOf(
        List.of(
            new GrammarSource.Regex("[ \\n\\r\\t]*"),
            new RawString(
                "^[ \\n\\r\\t]*[^ \\n\\r\\t\\" + start + "]", 1, RawString.UNBOUNDED, triggers())));
  }

  /** The trigger that calls of this syntax begin with; empty if they need none. */
  private String trigger() {
    String begin = syntax.prefix() + syntax.before();
    return triggers().stream().filter(begin::startsWith).findFirst().orElse("");
  }

  /** Calls without the trigger that has come before. */
  private GrammarSource behind(String trigger) {
    String prefix = syntax.prefix();
    int before = Math.min(prefix.length(), trigger.length());
    List<GrammarSource> group = new ArrayList<>();
    group.add(GrammarSource.text(prefix.substring(before)));
    int within = trigger.length() - before;
    if (single || within == 0) {
      group.add(single ? one(within) : new Repeat(one(0), syntax.separator()));
    } else {
      GrammarSource more =
          new Sequence(
              List.of(
                  GrammarSource.text(syntax.separator()), new Repeat(one(0), syntax.separator())));
      group.add(one(within));
      group.add(new AnyOf(List.of(GrammarSource.text(""), more)));
    }
    group.add(GrammarSource.text(syntax.suffix()));
    return new Sequence(group);
  }

  /** One call, without so many characters at its beginning. */
  private GrammarSource one(int without) {
    return new AnyOf(calls.stream().map(call -> sequence(call, without)).toList());
  }

  private static GrammarSource sequence(List<CallSyntax.Part> parts, int without) {
    List<GrammarSource> sources = new ArrayList<>();
    for (CallSyntax.Part part : parts) {
      boolean first = sources.isEmpty() && part instanceof CallSyntax.Text;
      sources.add(
          first
              ? GrammarSource.text(((CallSyntax.Text) part).text().substring(without))
              : source(part));
    }
    return new Sequence(sources);
  }

  private static GrammarSource source(CallSyntax.Part part) {
    if (part instanceof CallSyntax.Text text) {
      return GrammarSource.text(text.text());
    }
    if (part instanceof CallSyntax.OneOf choice) {
      return new GrammarSource.Choice(choice.texts());
    }
    if (part instanceof CallSyntax.Matching matching) {
      return new GrammarSource.Regex(matching.regex());
    }
    if (part instanceof CallSyntax.FreeText free) {
      RawString text = new RawString(free.pattern(), free.least(), free.most(), free.without());
      return new Until(text, free.end());
    }
    if (part instanceof CallSyntax.Members members) {
      return new GrammarSource.Members(
          members.members().stream()
              .map(
                  member ->
                      new GrammarSource.Member(member.required(), sequence(member.parts(), 0)))
              .toList(),
          members.separator());
    }
    Map<String, Object> schema = ((CallSyntax.Json) part).schema();
    return new GrammarSource.JsonSchema(JsonMapper.shared().writeValueAsString(schema), STYLE);
  }
}
