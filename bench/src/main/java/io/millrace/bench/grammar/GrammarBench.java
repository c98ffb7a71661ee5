package io.millrace.bench.grammar;

import io.millrace.bench.stats.Summary;
import io.millrace.grammar.Grammar;
import io.millrace.grammar.GrammarMatcher;
import io.millrace.grammar.error.GrammarException;
import io.millrace.grammar.json.JsonStyle;
import io.millrace.grammar.limit.GrammarLimits;
import io.millrace.grammar.token.Vocabulary;
import io.millrace.models.text.Tokenizer;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.DoubleStream;

/** Compiles schemas and feeds them documents, token by token, with a mask before each token. */
final class GrammarBench {
  /** What became of a schema. */
  private enum Verdict {
    PASSES,
    COMPILE_ERROR,
    VALIDATION_ERROR,
    INVALIDATION_ERROR
  }

  private final Tokenizer tokenizer;
  private final Vocabulary vocabulary;
  private final Consumer<String> failures;
  private final long[] mask;
  private final DoubleStream.Builder maskNanos = DoubleStream.builder();
  private final DoubleStream.Builder compileNanos = DoubleStream.builder();

  /**
   * A run.
   *
   * @param failures is told what did not pass, and why
   */
  GrammarBench(Tokenizer tokenizer, Vocabulary vocabulary, Consumer<String> failures) {
    this.tokenizer = tokenizer;
    this.vocabulary = vocabulary;
    this.failures = failures;
    this.mask = new long[vocabulary.words()];
  }

  GrammarReport run(List<SchemaCase> cases) {
    Map<Verdict, Integer> verdicts = new EnumMap<>(Verdict.class);
    cases.forEach(it -> verdicts.merge(verdict(it), 1, Integer::sum));
    return new GrammarReport(
        cases.size(),
        verdicts.getOrDefault(Verdict.PASSES, 0),
        verdicts.getOrDefault(Verdict.COMPILE_ERROR, 0),
        verdicts.getOrDefault(Verdict.VALIDATION_ERROR, 0),
        verdicts.getOrDefault(Verdict.INVALIDATION_ERROR, 0),
        Microseconds.of(Summary.of(maskNanos.build().toArray())),
        Microseconds.of(Summary.of(compileNanos.build().toArray())));
  }

  private Verdict verdict(SchemaCase schema) {
    try {
      long started = System.nanoTime();
      Grammar grammar = Grammar.jsonSchema(schema.schema(), JsonStyle.ANY, GrammarLimits.DEFAULT);
      compileNanos.add(System.nanoTime() - started);
      return verdict(schema, grammar);
    } catch (GrammarException e) {
      failures.accept("%s: %s: %s".formatted(schema.name(), Verdict.COMPILE_ERROR, e.getMessage()));
      return Verdict.COMPILE_ERROR;
    }
  }

  /** An invalid document that is accepted is the worst. */
  private Verdict verdict(SchemaCase schema, Grammar grammar) {
    Verdict verdict = Verdict.PASSES;
    for (SchemaCase.Instance instance : schema.instances()) {
      int stopped = feed(grammar, instance.text());
      boolean accepted = stopped == instance.text().length();
      if (accepted != instance.valid()) {
        Verdict wrong = accepted ? Verdict.INVALIDATION_ERROR : Verdict.VALIDATION_ERROR;
        verdict = verdict == Verdict.INVALIDATION_ERROR ? verdict : wrong;
        String text = instance.text();
        failures.accept(
            "%s: %s at %d: %s"
                .formatted(
                    schema.name(),
                    wrong,
                    stopped,
                    text.substring(
                        Math.max(0, stopped - 60), Math.min(text.length(), stopped + 30))));
      }
    }
    return verdict;
  }

  /** How far a text is accepted: its length if it is complete there. */
  private int feed(Grammar grammar, String text) {
    GrammarMatcher matcher = new GrammarMatcher(grammar, vocabulary);
    int[] tokens = tokenizer.encode(text, false);
    int[] read = new int[tokens.length];
    for (int i = 0; i < tokens.length; i++) {
      boolean allowed = isAllowed(matcher, tokens[i]);
      if (allowed != matcher.accept(tokens[i])) {
        throw new IllegalStateException("mask and accept do not agree on token " + tokens[i]);
      }
      if (!allowed) {
        return tokenizer.decode(Arrays.copyOf(read, i), false).length();
      }
      read[i] = tokens[i];
    }
    computeMask(matcher);
    return matcher.canEnd() ? text.length() : text.length() - 1;
  }

  private boolean isAllowed(GrammarMatcher matcher, int token) {
    computeMask(matcher);
    return (mask[token >> 6] >>> token & 1) != 0;
  }

  private void computeMask(GrammarMatcher matcher) {
    long started = System.nanoTime();
    matcher.mask(mask);
    maskNanos.add(System.nanoTime() - started);
  }
}
