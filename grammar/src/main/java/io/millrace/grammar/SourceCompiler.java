package io.millrace.grammar;

import io.millrace.grammar.GrammarSource.Member;
import io.millrace.grammar.error.GrammarException;
import io.millrace.grammar.error.GrammarLimitException;
import io.millrace.grammar.error.GrammarSyntaxException;
import io.millrace.grammar.error.UnsatisfiableGrammarException;
import io.millrace.grammar.limit.Budget;
import io.millrace.grammar.limit.GrammarLimits;
import io.millrace.grammar.pattern.PatternCompiler;
import io.millrace.grammar.pattern.TextEncoding;
import io.millrace.grammar.pushdown.Edge;
import io.millrace.grammar.pushdown.Fork;
import io.millrace.grammar.pushdown.Node;
import io.millrace.grammar.regex.Regex;
import io.millrace.grammar.regex.RegexPool;
import io.millrace.grammar.rule.RuleGrammar;
import io.millrace.grammar.schema.JsonSchemaGrammar;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Makes one automaton of a source and its parts, which share terms and limits. */
final class SourceCompiler {
  private static final Map<Integer, JsonMapper> MAPPERS = new ConcurrentHashMap<>();

  private final GrammarLimits limits;
  private final RegexPool pool;
  private final Budget budget;
  private final TextEncoding utf8;

  /** Each is compiled once, in however many parts it stands. */
  private final Map<GrammarSource.JsonSchema, Node> schemas = new HashMap<>();

  /** Time runs from now on. */
  SourceCompiler(GrammarLimits limits) {
    this.limits = limits;
    this.pool = new RegexPool(limits.states());
    this.budget = new Budget(limits);
    this.utf8 = TextEncoding.utf8(pool);
  }

  /**
   * The place before a text of the source.
   *
   * @param next the place behind it
   * @throws GrammarException if it is malformed, cannot be enforced or satisfied, or is too large
   */
  Node build(GrammarSource source, Node next) {
    if (source instanceof GrammarSource.JsonSchema json) {
      return call(schemas.computeIfAbsent(json, this::schema), next);
    }
    if (source instanceof GrammarSource.Rules rules) {
      requireShort("the grammar", rules.rules().length());
      return call(RuleGrammar.of(rules.rules(), pool, budget), next);
    }
    if (source instanceof GrammarSource.Regex regex) {
      requireShort("the regex", regex.expression().length());
      return read(new PatternCompiler(utf8).whole(regex.expression()), "the regex", next);
    }
    if (source instanceof GrammarSource.Choice choice) {
      return read(texts(choice.choices()), "the list of choices", next);
    }
    return compose((GrammarSource.Composed) source, next);
  }

  private Node schema(GrammarSource.JsonSchema json) {
    return JsonSchemaGrammar.of(parse(json.schema()), json.style(), pool, budget);
  }

  private Node compose(GrammarSource.Composed source, Node next) {
    if (source instanceof GrammarSource.Sequence sequence) {
      Node tail = next;
      for (int i = sequence.parts().size() - 1; i >= 0; i--) {
        tail = build(sequence.parts().get(i), tail);
      }
      return tail;
    }
    if (source instanceof GrammarSource.AnyOf any) {
      return new Fork(any.parts().stream().map(part -> jump(build(part, next))).toList());
    }
    if (source instanceof GrammarSource.Repeat repeat) {
      List<Edge> after = new ArrayList<>(List.of(jump(next)));
      Node first = build(repeat.part(), new Fork(after));
      after.add(Edge.read(pool.literal(repeat.separator()), first));
      return first;
    }
    if (source instanceof GrammarSource.Members members) {
      return members(members, next);
    }
    return read(language(source), "a part of the answer", next);
  }

  /** Behind no member and behind some are two places, so that there are no separators too many. */
  private Node members(GrammarSource.Members members, Node next) {
    Regex separator = pool.literal(members.separator());
    Node atFirst = next;
    Node behindSome = next;
    for (int i = members.members().size() - 1; i >= 0; i--) {
      Member member = members.members().get(i);
      Node part = build(member.part(), behindSome);
      List<Edge> first = new ArrayList<>(List.of(jump(part)));
      List<Edge> later = new ArrayList<>(List.of(Edge.read(separator, part)));
      if (!member.required()) {
        first.add(jump(atFirst));
        later.add(jump(behindSome));
      }
      atFirst = new Fork(first);
      behindSome = new Fork(later);
    }
    return atFirst;
  }

  private Regex language(GrammarSource.Composed source) {
    if (source instanceof GrammarSource.Without free) {
      return without(free.words());
    }
    if (source instanceof GrammarSource.Until until) {
      GrammarSource.RawString text = until.text();
      List<String> words = new ArrayList<>(text.without());
      words.add(until.end());
      Regex before =
          raw(new GrammarSource.RawString(text.pattern(), text.least(), text.most(), words));
      return pool.concat(before, pool.literal(until.end()));
    }
    return raw((GrammarSource.RawString) source);
  }

  private Regex raw(GrammarSource.RawString text) {
    requireShort("the pattern", text.pattern().length());
    Regex language = without(text.without());
    if (!text.pattern().isEmpty()) {
      language = pool.and(language, new PatternCompiler(utf8).search(text.pattern()));
    }
    if (text.least() > 0 || text.most() != GrammarSource.RawString.UNBOUNDED) {
      int most = text.most() == GrammarSource.RawString.UNBOUNDED ? Regex.UNBOUNDED : text.most();
      language = pool.and(language, pool.repeat(utf8.any(), text.least(), most));
    }
    return language;
  }

  private Regex without(List<String> words) {
    List<Regex> found =
        words.stream()
            .map(word -> List.of(pool.everything(), pool.literal(word), pool.everything()))
            .map(pool::concat)
            .toList();
    return pool.not(pool.alt(found));
  }

  private Regex texts(List<String> choices) {
    requireShort("the list of choices", choices.stream().mapToLong(String::length).sum());
    return pool.literals(choices.stream().map(it -> it.getBytes(StandardCharsets.UTF_8)).toList());
  }

  private Node call(Node rule, Node next) {
    return next == Node.END ? rule : new Fork(List.of(Edge.call(rule, next)));
  }

  private Edge jump(Node next) {
    return Edge.read(pool.epsilon(), next);
  }

  private static Node read(Regex language, String what, Node next) {
    if (language.isEmpty()) {
      throw new UnsatisfiableGrammarException(what + " allows no text at all");
    }
    return new Fork(List.of(Edge.read(language, next)));
  }

  private void requireShort(String what, long characters) {
    if (characters > limits.characters()) {
      throw new GrammarLimitException(what, limits.characters(), "characters");
    }
  }

  private JsonNode parse(String schema) {
    requireShort("the schema", schema.length());
    try {
      return MAPPERS.computeIfAbsent(limits.depth(), SourceCompiler::mapper).readTree(schema);
    } catch (JacksonException e) {
      throw new GrammarSyntaxException(
          "the schema is not JSON, or nested more than %d deep: %s"
              .formatted(limits.depth(), GrammarException.excerpt(e.getOriginalMessage())));
    }
  }

  private static JsonMapper mapper(int depth) {
    JsonFactory factory =
        JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(depth).build())
            .build();
    return JsonMapper.builder(factory)
        .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .build();
  }
}
