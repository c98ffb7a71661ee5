package io.millrace.engine.start;

import io.millrace.protocol.Invalid;
import io.millrace.template.ChatTemplate;
import io.millrace.template.TemplateException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The chat templates that requests bring along, as far as they are trusted. Thread-safe. */
final class RequestTemplates {
  private static final String PARAM = "chat_template";
  private static final int MOST_KEPT = 16;

  private final boolean trusted;
  private final @Nullable String callParser;
  private final Map<String, AnswerTemplate> kept =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, AnswerTemplate> eldest) {
          return size() > MOST_KEPT;
        }
      };

  RequestTemplates(TemplateOptions options) {
    this.trusted = options.trustsRequestTemplates();
    this.callParser = options.toolCallParser();
  }

  /**
   * The template of a text.
   *
   * @throws Invalid if it is not valid, or none is trusted
   */
  synchronized AnswerTemplate get(String source) {
    if (!trusted) {
      throw new Invalid(
          PARAM, PARAM + " is taken only by a worker with --trust-request-chat-template");
    }
    try {
      return kept.computeIfAbsent(
          source, text -> AnswerTemplate.of(ChatTemplate.compile(text), callParser));
    } catch (TemplateException e) {
      throw new Invalid(PARAM, PARAM + " is not valid: " + e.getMessage());
    }
  }
}
