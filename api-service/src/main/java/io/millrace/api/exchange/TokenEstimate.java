package io.millrace.api.exchange;

import io.millrace.protocol.Prompt;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a question is expected to cost, before any worker has seen it.
 *
 * @param characters of its prompts
 * @param promptTokens of them: a quarter as many, or those that it names
 * @param answerTokens that it asks for at most; 0 if it does not say
 */
public record TokenEstimate(long characters, long promptTokens, long answerTokens) {
  private static final int CHARACTERS_PER_TOKEN = 4;

  /** Of an answer of which nothing is said. */
  private static final int USUAL_ANSWER = 256;

  /** Of a question. */
  public static TokenEstimate of(Question question) {
    long characters = 0;
    long tokens = 0;
    for (Prompt prompt : question.prompt().each()) {
      long text = prompt.match(it -> (long) it.text().length(), it -> 0L, TokenEstimate::size);
      int ids = prompt.match(it -> 0, it -> it.ids().size(), it -> 0);
      characters += text + (long) ids * CHARACTERS_PER_TOKEN;
      tokens += text / CHARACTERS_PER_TOKEN + ids;
    }
    Integer most = question.stop().maxTokens();
    long answers = (long) question.output().bestOf() * question.prompt().each().size();
    return new TokenEstimate(characters, tokens, most == null ? 0 : most * answers);
  }

  /** All that is asked for. */
  public long tokens() {
    return promptTokens + answerTokens;
  }

  /** The same, with a guess where nothing is said. */
  long likelyTokens() {
    return promptTokens + (answerTokens == 0 ? USUAL_ANSWER : answerTokens);
  }

  private static long size(Prompt.Chat chat) {
    return size(chat.messages()) + size(chat.tools()) + size(chat.documents());
  }

  private static long size(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return size(map.values());
    }
    if (value instanceof Collection<?> list) {
      return list.stream().mapToLong(TokenEstimate::size).sum();
    }
    return value instanceof String text ? text.length() : 0;
  }
}
