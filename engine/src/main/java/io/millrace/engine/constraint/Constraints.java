package io.millrace.engine.constraint;

import io.millrace.grammar.Grammar;
import io.millrace.grammar.GrammarCache;
import io.millrace.grammar.GrammarMatcher;
import io.millrace.grammar.error.GrammarException;
import io.millrace.grammar.limit.GrammarLimits;
import io.millrace.grammar.token.Vocabulary;
import io.millrace.models.text.Tokenizer;
import io.millrace.protocol.Invalid;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * What a model's answers may be constrained by: its vocabulary, the grammars that were asked for
 * lately, and the threads that find masks. Any thread may use it.
 */
public final class Constraints implements AutoCloseable {
  private static final int MOST_GRAMMARS = 64;
  private static final int MOST_THREADS = 4;
  private static final int MOST_VOCABULARIES = 4;

  private final Tokenizer tokenizer;
  private final Set<Integer> ends;
  private final int vocabSize;
  private final GrammarCache grammars = new GrammarCache(GrammarLimits.DEFAULT, MOST_GRAMMARS);
  private final ExecutorService threads;
  private volatile ConstraintListener listener = ConstraintListener.NONE;

  /** By the special tokens that are text, made when they are first needed; guarded by this. */
  private final Map<Map<Integer, String>, Vocabulary> vocabularies =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Map<Integer, String>, Vocabulary> eldest) {
          return size() > MOST_VOCABULARIES;
        }
      };

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

  /** Has somebody told from now on of the work on grammars. */
  public void watch(ConstraintListener watcher) {
    listener = watcher;
  }

  /**
   * Makes what an answer will need, which may take seconds.
   *
   * @throws Invalid naming the field, if the grammar cannot be obeyed
   */
  public void compile(AnswerGrammar asked) {
    boolean known = grammars.contains(asked.source());
    long begin = System.nanoTime();
    try {
      grammar(asked);
      vocabulary(asked);
    } finally {
      if (known) {
        listener.grammarFound();
      } else {
        listener.grammarCompiled(Duration.ofNanos(System.nanoTime() - begin));
      }
    }
  }

  private Grammar grammar(AnswerGrammar asked) {
    try {
      return grammars.get(asked.source());
    } catch (GrammarException e) {
      asked.parts().forEach(this::requireValid);
      throw new Invalid(asked.param(), asked.param() + ": " + e.getMessage());
    } catch (StackOverflowError e) {
      throw new Invalid(asked.param(), asked.param() + " is nested too deeply");
    }
  }

  /** Says which part is at fault. */
  private void requireValid(AnswerGrammar.Part part) {
    try {
      grammars.get(part.source());
    } catch (GrammarException e) {
      throw new Invalid(part.param(), part.param() + ": " + e.getMessage());
    }
  }

  /**
   * An answer that a grammar holds for, before its first token.
   *
   * @param begun what the prompt has written of it
   * @param stopTokens tokens that end it
   * @throws Invalid naming the field, if the grammar cannot be obeyed
   */
  public ConstrainedAnswer answer(AnswerGrammar asked, String begun, Set<Integer> stopTokens) {
    Set<Integer> ignoredEnds = new HashSet<>(ends);
    ignoredEnds.removeAll(stopTokens);
    Vocabulary known = vocabulary(asked);
    GrammarMatcher matcher = new GrammarMatcher(grammar(asked), known);
    if (!matcher.begin(begun)) {
      throw new IllegalStateException("the grammar does not begin as the prompt does");
    }
    return new ConstrainedAnswer(
        asked.param(), matcher, known, stopTokens, ignoredEnds, threads, listener);
  }

  /**
   * Tokens of their own that a grammar's tags have are none of the special ones it does without.
   */
  private Vocabulary vocabulary(AnswerGrammar asked) {
    Map<Integer, String> tags = new HashMap<>();
    Set<Integer> special = tokenizer.specialIds();
    for (String tag : asked.tags()) {
      tokenizer.id(tag).stream().filter(special::contains).forEach(id -> tags.put(id, tag));
    }
    return vocabulary(tags);
  }

  private synchronized Vocabulary vocabulary(Map<Integer, String> tags) {
    return vocabularies.computeIfAbsent(tags, this::newVocabulary);
  }

  private Vocabulary newVocabulary(Map<Integer, String> tags) {
    Set<Integer> special = tokenizer.specialIds();
    List<byte[]> bytes = new ArrayList<>(vocabSize);
    for (int id = 0; id < vocabSize; id++) {
      bytes.add(
          special.contains(id)
              ? tags.getOrDefault(id, "").getBytes(StandardCharsets.UTF_8)
              : tokenizer.bytes(id, false));
    }
    return new Vocabulary(bytes, ends);
  }

  /** Begins no more. */
  @Override
  public void close() {
    threads.shutdownNow();
  }
}
