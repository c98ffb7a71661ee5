package io.millrace.template;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * A model's chat templates by name: {@code default}, and perhaps {@code tool_use} for conversations
 * with tools, or others.
 */
public final class ChatTemplates {
  /** The templates that are written here, for models that ship none. */
  public static final List<String> BUILT_IN = List.of("llama", "vicuna", "baichuan", "chatml");

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};
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
   * From the value of {@code chat_template} in tokenizer_config.json.
   *
   * @param chatTemplate a string, or a list of objects with {@code name} and {@code template}
   * @throws TemplateException if it is neither, or a template in it is not valid
   */
  public static ChatTemplates ofConfig(Object chatTemplate) {
    return new ChatTemplates(compiled(sources(chatTemplate)));
  }

  /**
   * From a model's folder: {@code chat_template.jinja} (with {@code additional_chat_templates/} for
   * others than the default) wins over {@code tokenizer_config.json}.
   *
   * @return nothing if the model ships none
   * @throws TemplateException if a template is not valid
   */
  public static Optional<ChatTemplates> ofModel(Path folder) throws IOException {
    Map<String, String> sources = new LinkedHashMap<>();
    Path config = folder.resolve("tokenizer_config.json");
    if (Files.exists(config)) {
      Object inConfig = read(config).get("chat_template");
      sources.putAll(inConfig == null ? Map.of() : sources(inConfig));
    }
    Path own = folder.resolve("chat_template" + SUFFIX);
    if (Files.exists(own)) {
      sources.clear();
      sources.put(DEFAULT, Files.readString(own));
    }
    sources.putAll(additional(folder.resolve("additional_chat_templates")));
    return sources.isEmpty() ? Optional.empty() : Optional.of(new ChatTemplates(compiled(sources)));
  }

  private static Map<String, Object> read(Path config) throws IOException {
    try {
      return JSON.readValue(Files.readAllBytes(config), OBJECT);
    } catch (JacksonException e) {
      throw new IOException(config + " is not valid JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static Map<String, String> additional(Path folder) throws IOException {
    Map<String, String> sources = new LinkedHashMap<>();
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
        for (Path file : files) {
          String name = file.getFileName().toString();
          sources.put(name.substring(0, name.length() - SUFFIX.length()), Files.readString(file));
        }
      }
    }
    return sources;
  }

  private static Map<String, String> sources(Object chatTemplate) {
    if (chatTemplate instanceof String source) {
      return Map.of(DEFAULT, source);
    }
    Map<String, String> sources = new LinkedHashMap<>();
    for (Object each : chatTemplate instanceof List<?> list ? list : List.of(chatTemplate)) {
      if (each instanceof Map<?, ?> named
          && named.get("name") instanceof String name
          && named.get("template") instanceof String source) {
        sources.put(name, source);
      } else {
        throw new TemplateException(
            "chat_template must be a string, or a list of objects with name and template");
      }
    }
    return sources;
  }

  private static Map<String, ChatTemplate> compiled(Map<String, String> sources) {
    Map<String, ChatTemplate> compiled = new LinkedHashMap<>();
    sources.forEach((name, source) -> compiled.put(name, ChatTemplate.compile(source)));
    return compiled;
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
