package io.millrace.engine.start;

import io.millrace.engine.PromptEncoder;
import io.millrace.models.text.Tokenizer;
import io.millrace.protocol.Excerpt;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.TokenizeParams;
import io.millrace.template.TemplateException;
import io.millrace.toolparser.OutputFormat;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The encoder of prompts as the model was trained to see them, with its chat template. */
final class ModelPromptEncoder implements PromptEncoder {
  private static final Logger log = LoggerFactory.getLogger(ModelPromptEncoder.class);

  /** Characters of what a template says. */
  private static final int MOST_SAID = 1000;

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
        chat ->
            encode(
                "messages", rendered(chat, templates::render), special != null && special, params));
  }

  @Override
  public OutputFormat outputFormat(Prompt.Chat chat) {
    return rendered(chat, templates::outputFormat);
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

  private static <T> T rendered(Prompt.Chat chat, Function<Prompt.Chat, T> template) {
    try {
      return template.apply(chat);
    } catch (TemplateException e) {
      log.debug("a conversation does not fit the chat template: {}", e.getMessage());
      throw new Invalid("messages", e.line() == 0 ? said(e, chat) : unfit(e));
    }
  }

  /**
   * What the template says itself, or is said of it in plain words, with no more of the messages
   * than their beginnings.
   */
  private static String said(TemplateException e, Prompt.Chat chat) {
    String said = String.valueOf(e.getMessage());
    for (Map<String, Object> message : chat.messages()) {
      for (Object value : message.values()) {
        if (value instanceof String text && text.length() > Excerpt.MAX_CHARACTERS) {
          said = said.replace(text, Excerpt.of(text));
        }
      }
    }
    return said.length() <= MOST_SAID ? said : said.substring(0, MOST_SAID) + "...";
  }

  /** The reason is in the words of the template's language, which whoever asks has not written. */
  private static String unfit(TemplateException e) {
    return "the model's chat template takes no messages of this form: it fails at its line %d"
        .formatted(e.line());
  }

  private static int[] notEmpty(String param, int[] ids) {
    if (ids.length == 0) {
      throw new Invalid(param, param + " is empty: there is nothing to continue");
    }
    return ids;
  }
}
