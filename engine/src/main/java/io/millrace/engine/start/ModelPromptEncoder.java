package io.millrace.engine.start;

import io.millrace.engine.PromptEncoder;
import io.millrace.models.text.Tokenizer;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.Prompt;
import io.millrace.template.TemplateException;

/** Turns prompts into tokens as the model was trained to see them. */
final class ModelPromptEncoder implements PromptEncoder {
  private final Tokenizer tokenizer;
  private final ModelTemplates templates;

  ModelPromptEncoder(Tokenizer tokenizer, ModelTemplates templates) {
    this.tokenizer = tokenizer;
    this.templates = templates;
  }

  @Override
  public int[] encode(Prompt prompt) {
    if (prompt instanceof Prompt.Tokens tokens) {
      return tokens.ids().stream().mapToInt(Integer::intValue).toArray();
    }
    if (prompt instanceof Prompt.Chat chat) {
      // The template has written all special tokens that belong there.
      return notEmpty("messages", tokenizer.encode(render(chat), false));
    }
    return notEmpty("prompt", tokenizer.encode(((Prompt.Text) prompt).text(), true));
  }

  private String render(Prompt.Chat chat) {
    try {
      return templates.render(chat);
    } catch (TemplateException e) {
      throw new Invalid("messages", String.valueOf(e.getMessage()));
    }
  }

  private static int[] notEmpty(String param, int[] ids) {
    if (ids.length == 0) {
      throw new Invalid(param, param + " is empty: there is nothing to continue");
    }
    return ids;
  }
}
