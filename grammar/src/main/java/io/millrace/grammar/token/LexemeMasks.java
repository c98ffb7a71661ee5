package io.millrace.grammar.token;

import io.millrace.grammar.regex.Fingerprint;
import io.millrace.grammar.regex.Regex;
import io.millrace.grammar.regex.Relaxation;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The masks of lexemes that were met lately, for all grammars of a vocabulary: the inside of a JSON
 * text is the same in each of them.
 */
public final class LexemeMasks {
  private static final int CAPACITY = 1024;

  private final Vocabulary vocabulary;
  private final Map<Fingerprint, LexemeMask> masks =
      Collections.synchronizedMap(
          new LinkedHashMap<>(64, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Fingerprint, LexemeMask> eldest) {
              return size() > CAPACITY;
            }
          });

  LexemeMasks(Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
  }

  /** The mask of a lexeme; walks through the tokens when it was not met lately. */
  public LexemeMask of(Regex lexeme) {
    Fingerprint key = lexeme.fingerprint();
    LexemeMask known = masks.get(key);
    if (known == null) {
      known = compute(lexeme);
      masks.put(key, known);
    }
    return known;
  }

  private LexemeMask compute(Regex lexeme) {
    Relaxation relaxation = Relaxation.of(lexeme);
    return relaxation == null
        ? LexemeMask.of(lexeme, vocabulary)
        : LexemeMask.of(
            lexeme,
            relaxation.lexeme(),
            of(relaxation.lexeme()),
            relaxation.sameDepth(),
            vocabulary);
  }
}
