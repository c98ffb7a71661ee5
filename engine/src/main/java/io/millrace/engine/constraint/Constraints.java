package io.millrace.engine.constraint;

import io.millrace.grammar.Grammar;
import io.millrace.grammar.GrammarCache;
import io.millrace.grammar.GrammarSource;
import io.millrace.grammar.error.GrammarException;
import io.millrace.grammar.json.JsonStyle;
import io.millrace.grammar.json.KeyOrder;
import io.millrace.grammar.json.Whitespace;
import io.millrace.grammar.limit.GrammarLimits;
import io.millrace.grammar.token.Vocabulary;
import io.millrace.models.text.Tokenizer;
import io.millrace.protocol.Constraint;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.NamedConstraint;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * What a model's answers may be constrained by: its vocabulary, the grammars that were asked for
 * lately, and the threads that find masks. Any thread may use it.
 */
public final class Constraints implements AutoCloseable {
  private static final int MOST_GRAMMARS = 64;
  private static final int MOST_THREADS = 4;

  private final Tokenizer tokenizer;
  private final Set<Integer> ends;
  private final int vocabSize;
  private final GrammarCache grammars = new GrammarCache(GrammarLimits.DEFAULT, MOST_GRAMMARS);
  private final ExecutorService threads;

  /** Made when the first constrained answer is; guarded by this. */
  private @Nullable Vocabulary vocabulary;

  /**
   * @param ends tokens with which the model ends an answer
   * @param vocabSize of the model
   */
  public Constraints(Tokenizer tokenizer, Set<Integer> ends, int vocabSize) {
    this.tokenizer = tokenizer;
    this.ends = ends;
    this.vocabSize = vocabSize;
    int cores = Runtime.getRuntime().availableProcessors();
    this.threads =
        Executors.newFixedThreadPool(
            Math.max(1, Math.min(MOST_THREADS, cores / 4)),
            task -> {
              Thread thread = new Thread(task, "grammar");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Makes what an answer will need, which may take seconds.
   *
   * @throws Invalid naming the field, if the constraint cannot be obeyed
   */
  public void compile(NamedConstraint named) {
    grammar(named);
    vocabulary();
  }

  private Grammar grammar(NamedConstraint named) {
    try {
      return grammars.get(source(named.constraint()));
    } catch (GrammarException e) {
      throw new Invalid(named.param(), named.param() + ": " + e.getMessage());
    } catch (StackOverflowError e) {
      throw new Invalid(named.param(), named.param() + " is nested too deeply");
    }
  }

  /**
   * An answer that a constraint holds for, before its first token.
   *
   * @param stopTokens tokens that end it
   * @throws Invalid naming the field, if the constraint cannot be obeyed
   */
  public ConstrainedAnswer answer(NamedConstraint named, Set<Integer> stopTokens) {
    Set<Integer> ignoredEnds = new HashSet<>(ends);
    ignoredEnds.removeAll(stopTokens);
    return new ConstrainedAnswer(
        named.param(), grammar(named), vocabulary(), stopTokens, ignoredEnds, threads);
  }

  private static GrammarSource source(Constraint constraint) {
    return constraint.match(
        json -> new GrammarSource.JsonSchema(json.schema(), style(json)),
        regex -> new GrammarSource.Regex(regex.pattern()),
        choice -> new GrammarSource.Choice(choice.texts()),
        rules -> new GrammarSource.Rules(rules.text()));
  }

  private static JsonStyle style(Constraint.JsonSchema json) {
    return json.anyWhitespace()
        ? new JsonStyle(Whitespace.ANY, KeyOrder.SCHEMA)
        : JsonStyle.COMPACT;
  }

  private synchronized Vocabulary vocabulary() {
    if (vocabulary == null) {
      Set<Integer> special = tokenizer.specialIds();
      List<byte[]> bytes = new ArrayList<>(vocabSize);
      for (int id = 0; id < vocabSize; id++) {
        bytes.add(special.contains(id) ? new byte[0] : tokenizer.bytes(id, false));
      }
      vocabulary = new Vocabulary(bytes, ends);
    }
    return vocabulary;
  }

  /** Begins no more. */
  @Override
  public void close() {
    threads.shutdownNow();
  }
}
