package io.millrace.engine.start;

import io.millrace.engine.PromptEncoder;
import io.millrace.models.text.Tokenizer;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.TokenizeParams;
import io.millrace.template.TemplateException;

/** The encoder of prompts as the model was trained to see them, with its chat template. */
final class ModelPromptEncoder implements PromptEncoder {
  private final Tokenizer tokenizer;
  private final ModelTemplates templates;

  ModelPromptEncoder(Tokenizer tokenizer, ModelTemplates templates) {
    this.tokenizer = tokenizer;
    this.templates = templates;
  }

  @Override
  public int[] encode(Prompt prompt, TokenizeParams params) {
    Boolean special = params.addSpecialTokens();
    return prompt.match(
        text -> notEmpty("prompt", tokenizer.encode(text.text(), special == null || special)),
        tokens -> tokens.ids().stream().mapToInt(Integer::intValue).toArray(),
        // The template has written all special tokens that belong there.
        chat -> notEmpty("messages", tokenizer.encode(render(chat), special != null && special)));
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
