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
  private final int mostTokens;

  ModelPromptEncoder(Tokenizer tokenizer, ModelTemplates templates) {
    this(tokenizer, templates, Integer.MAX_VALUE);
  }

  private ModelPromptEncoder(Tokenizer tokenizer, ModelTemplates templates, int mostTokens) {
    this.tokenizer = tokenizer;
    this.templates = templates;
    this.mostTokens = mostTokens;
  }

  /** The same for prompts of at most so many tokens: a far longer text is not encoded at all. */
  ModelPromptEncoder upTo(int tokens) {
    return new ModelPromptEncoder(tokenizer, templates, tokens);
  }

  @Override
  public int[] encode(Prompt prompt, TokenizeParams params) {
    Boolean special = params.addSpecialTokens();
    return prompt.match(
        text -> encode("prompt", text.text(), special == null || special, params),
        tokens -> tokens.ids().stream().mapToInt(Integer::intValue).toArray(),
        // The template has written all special tokens that belong there.
        chat -> encode("messages", render(chat), special != null && special, params));
  }

  private int[] encode(String param, String text, boolean addSpecialTokens, TokenizeParams params) {
    int fewest = params.truncatePromptTokens() == null ? tokenizer.fewestTokens(text) : 0;
    if (fewest > mostTokens) {
      throw new Invalid(
          param,
          "%s has %d characters, which are at least %d tokens; at most %d are allowed"
              .formatted(param, text.length(), fewest, mostTokens));
    }
    return notEmpty(param, tokenizer.encode(text, addSpecialTokens));
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
