package io.millrace.engine.start;

import io.millrace.cli.StartFailure;
import io.millrace.models.text.ModelText;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.Prompt;
import io.millrace.template.ChatTemplate;
import io.millrace.template.ChatTemplates;
import io.millrace.template.Conversation;
import io.millrace.template.FinalMessage;
import io.millrace.template.MessagePreparation;
import io.millrace.template.SpecialTokens;
import io.millrace.template.TemplateException;
import io.millrace.template.cli.ModelPrompts;
import io.millrace.toolparser.OutputFormat;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The chat templates of a served model, with what they need to know of it. Thread-safe. */
public final class ModelTemplates {
  private final @Nullable ChatTemplates templates;
  private final SpecialTokens specialTokens;
  private final Map<ChatTemplate, AnswerTemplate> own = new HashMap<>();
  private final RequestTemplates requested;

  private ModelTemplates(
      @Nullable ChatTemplates templates, SpecialTokens specialTokens, TemplateOptions options) {
    this.templates = templates;
    this.specialTokens = specialTokens;
    this.requested = new RequestTemplates(options);
    if (templates != null) {
      for (String name : templates.names()) {
        ChatTemplate template = Objects.requireNonNull(templates.named(name));
        own.put(template, AnswerTemplate.of(template, options.toolCallParser()));
      }
    }
  }

  /**
   * The templates that the flags ask for, else the model's own.
   *
   * @throws StartFailure if one of them is no valid template
   */
  static ModelTemplates of(ModelText text, EngineOptions engine) {
    TemplateOptions options = engine.templates();
    SpecialTokens special = new SpecialTokens(Map.copyOf(text.specialTokens()));
    String source = options.chatTemplate();
    if (source != null) {
      return compile(
          "--chat-template", Map.of(ModelText.DEFAULT_TEMPLATE, source), special, options);
    }
    if (options.promptTemplate() != null) {
      return new ModelTemplates(builtIn(options.promptTemplate()), special, options);
    }
    if (text.chatTemplates().isEmpty()) {
      return new ModelTemplates(null, special, options);
    }
    return compile("the model's chat template", text.chatTemplates(), special, options);
  }

  /**
   * The prompt of a conversation.
   *
   * @throws TemplateException if the template refuses it, or there is none
   * @throws Invalid if the template cannot do what is asked of it
   */
  String render(Prompt.Chat chat) {
    AnswerTemplate template = templateFor(chat);
    Conversation conversation =
        new Conversation(
            chat.messages(),
            chat.tools(),
            template.documents(chat),
            chat.addGenerationPrompt(),
            template.variables(chat));
    Conversation prepared = MessagePreparation.prepare(conversation, template.template());
    String prompt = template.template().render(prepared, specialTokens, Clock.systemDefaultZone());
    return chat.continueFinalMessage() ? FinalMessage.leftOpen(prompt, prepared) : prompt;
  }

  /**
   * How the model writes its answers to a conversation.
   *
   * @throws TemplateException if there is no template
   */
  OutputFormat outputFormat(Prompt.Chat chat) {
    return templateFor(chat).format();
  }

  private AnswerTemplate templateFor(Prompt.Chat chat) {
    String source = chat.chatTemplate();
    if (source != null) {
      return requested.get(source);
    }
    if (templates == null) {
      throw new TemplateException(
          "the model has no chat template; the worker takes one by --chat-template");
    }
    Conversation conversation =
        new Conversation(chat.messages(), chat.tools(), null, chat.addGenerationPrompt(), Map.of());
    return Objects.requireNonNull(own.get(templates.templateFor(conversation)));
  }

  /**
   * The model's prompts for the render command.
   *
   * @throws IllegalArgumentException if the model has no template
   */
  ModelPrompts prompts(ModelPrompts.Encoder encoder) {
    if (templates == null) {
      throw new IllegalArgumentException("the model has no chat template");
    }
    return new ModelPrompts(templates, specialTokens, encoder);
  }

  private static ModelTemplates compile(
      String what, Map<String, String> sources, SpecialTokens special, TemplateOptions options) {
    try {
      return new ModelTemplates(ChatTemplates.compile(sources), special, options);
    } catch (TemplateException e) {
      throw new StartFailure(what + " is not valid: " + e.getMessage(), e);
    }
  }

  private static ChatTemplates builtIn(String name) {
    try {
      return ChatTemplates.builtIn(name);
    } catch (IllegalArgumentException e) {
      throw new StartFailure(
          "--prompt-template must be one of %s, but is %s".formatted(ChatTemplates.BUILT_IN, name),
          e);
    }
  }
}
