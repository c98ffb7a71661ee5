package io.millrace.template;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A model's chat templates by name: {@code default}, and perhaps {@code tool_use} for conversations
 * with tools, or others.
 */
public final class ChatTemplates {
  /** The templates that are written here, for models that ship none. */
  public static final List<String> BUILT_IN = List.of("llama", "vicuna", "baichuan", "chatml");

  private static final String DEFAULT = "default";
  private static final String TOOL_USE = "tool_use";
  private static final String SUFFIX = ".jinja";

  private final Map<String, ChatTemplate> byName;

  private ChatTemplates(Map<String, ChatTemplate> byName) {
    this.byName = Map.copyOf(byName);
  }

  /** One template for everything. */
  public static ChatTemplates of(ChatTemplate template) {
    return new ChatTemplates(Map.of(DEFAULT, template));
  }

  /**
   * One of {@link #BUILT_IN}.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public static ChatTemplates builtIn(String name) {
    if (!BUILT_IN.contains(name)) {
      throw new IllegalArgumentException(
          "there is no built-in chat template '%s', only %s".formatted(name, BUILT_IN));
    }
    try (InputStream source = ChatTemplates.class.getResourceAsStream(name + SUFFIX)) {
      if (source == null) {
        throw new IllegalStateException("resource is missing: " + name + SUFFIX);
      }
      return of(ChatTemplate.compile(new String(source.readAllBytes(), StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new IllegalStateException("cannot read resource " + name + SUFFIX, e);
    }
  }

  /**
   * Compiles a model's templates.
   *
   * @param sources Jinja2 texts by name
   * @throws TemplateException if one of them is not valid
   */
  public static ChatTemplates compile(Map<String, String> sources) {
    Map<String, ChatTemplate> compiled = new LinkedHashMap<>();
    sources.forEach((name, source) -> compiled.put(name, ChatTemplate.compile(source)));
    return new ChatTemplates(compiled);
  }

  public Set<String> names() {
    return byName.keySet();
  }

  /** The template of that name, or null. */
  public @Nullable ChatTemplate named(String name) {
    return byName.get(name);
  }

  /**
   * The template for a conversation: with tools, the one that is made for them.
   *
   * @throws TemplateException if there is no default
   */
  public ChatTemplate templateFor(Conversation conversation) {
    ChatTemplate forTools = conversation.tools() == null ? null : byName.get(TOOL_USE);
    ChatTemplate template = forTools == null ? byName.get(DEFAULT) : forTools;
    if (template == null) {
      throw new TemplateException(
          "the model has several chat templates and no default; it has %s".formatted(names()));
    }
    return template;
  }
}
