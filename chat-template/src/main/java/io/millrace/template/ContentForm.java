package io.millrace.template;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;

/** Whether a template takes a message's content as a string, as a list of parts, or as either. */
enum ContentForm {
  STRING,
  PARTS,
  EITHER;

  private static final String PROBE = "c0ntent";
  private static final SpecialTokens TOKENS = SpecialTokens.of("<s>", "</s>");

  static ContentForm of(ChatTemplate template) {
    boolean parts = shows(template, List.of(Map.of("type", "text", "text", PROBE)));
    if (!parts) {
      return STRING;
    }
    return shows(template, PROBE) ? EITHER : PARTS;
  }

  /** Whether the text comes out, and not a list that was printed with its brackets and quotes. */
  private static boolean shows(ChatTemplate template, Object content) {
    Conversation probe = Conversation.of(List.of(Map.of("role", "user", "content", content)));
    try {
      String prompt = template.render(probe, TOKENS, Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));
      int found = prompt.indexOf(PROBE);
      boolean quoted =
          found > 0 && "'\"".indexOf(prompt.charAt(found - 1)) >= 0 && prompt.contains("text");
      return found >= 0 && !quoted;
    } catch (TemplateException e) {
      return false;
    }
  }
}
