package io.millrace.engine.start;

import io.millrace.cli.Flags;
import io.millrace.template.ChatTemplates;
import io.millrace.toolparser.ToolCallFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that say how conversations become prompts, and how the answers are read. */
public final class TemplateOptions {
  @Option(
      names = "--chat-template",
      paramLabel = "FILE|TEXT",
      description = "Jinja chat template, as a file or as text (default: the model's own).")
  private @Nullable String chatTemplate;

  @Option(
      names = "--trust-request-chat-template",
      description =
          "Take the chat_template of a request in place of the model's: whoever may ask then runs a"
              + " Jinja program of their own, within limits of time and memory.")
  private boolean trustsRequestTemplates;

  @Option(
      names = "--prompt-template",
      paramLabel = "NAME",
      description = "A known chat format by name, such as llama or vicuna.")
  private @Nullable String promptTemplate;

  @Option(
      names = "--tool-call-parser",
      paramLabel = "NAME",
      description =
          "The notation in which the model calls functions, such as hermes or llama3_json (default:"
              + " the one that its chat template shows).")
  private @Nullable String toolCallParser;

  /** Refuses names of what is not known, and templates that are not there. */
  void validate() {
    Flags.requireOneOf("--prompt-template", ChatTemplates.BUILT_IN, promptTemplate);
    Flags.requireOneOf("--tool-call-parser", ToolCallFormat.allParserNames(), toolCallParser);
    chatTemplate();
  }

  /** The text of the chat template; null for the model's own. */
  public @Nullable String chatTemplate() {
    if (chatTemplate == null) {
      return null;
    }
    try {
      Path file = Path.of(chatTemplate);
      if (Files.isRegularFile(file)) {
        return Files.readString(file);
      }
    } catch (InvalidPathException text) {
      return chatTemplate;
    } catch (IOException unreadable) {
      Flags.require(false, "--chat-template", "a readable file in UTF-8", chatTemplate);
    }
    Flags.require(
        chatTemplate.contains("{"),
        "--chat-template",
        "a file that exists or the text of a Jinja template",
        chatTemplate);
    return chatTemplate;
  }

  /** Whether requests may bring a chat template along. */
  boolean trustsRequestTemplates() {
    return trustsRequestTemplates;
  }

  /** The name of a known chat format; null for none. */
  public @Nullable String promptTemplate() {
    return promptTemplate;
  }

  /** The name of the notation of calls; null for the chat template's own. */
  @Nullable String toolCallParser() {
    return toolCallParser;
  }
}
