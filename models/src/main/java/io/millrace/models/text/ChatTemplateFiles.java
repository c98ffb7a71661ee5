package io.millrace.models.text;

import io.millrace.models.weights.BadCheckpoint;
import io.millrace.models.weights.BoundedFiles;
import io.millrace.models.weights.JsonFiles;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * The chat templates of a model folder, with the precedence of transformers: {@code
 * chat_template.jinja} and {@code additional_chat_templates/NAME.jinja} together replace {@code
 * chat_template.json}, which replaces the {@code chat_template} of {@code tokenizer_config.json}.
 */
final class ChatTemplateFiles {
  private static final long MAX_BYTES = 1 << 24;
  private static final String SUFFIX = ".jinja";
  private static final String FIELD = "chat_template";

  private final Path folder;

  ChatTemplateFiles(Path folder) {
    this.folder = folder;
  }

  /**
   * Jinja2 sources by name; the unnamed one is {@link ModelText#DEFAULT_TEMPLATE}.
   *
   * @throws BadCheckpoint if a file that counts is damaged or too large
   */
  Map<String, String> read(TokenizerConfig config) {
    Map<String, String> files = jinja();
    if (!files.isEmpty()) {
      return files;
    }
    Path json = folder.resolve("chat_template.json");
    Map<String, String> legacy = named(json, JsonFiles.optionalObject(json, MAX_BYTES).path(FIELD));
    return legacy.isEmpty() ? named(config.file(), config.field(FIELD)) : legacy;
  }

  private Map<String, String> jinja() {
    Map<String, String> templates = new LinkedHashMap<>();
    Path file = folder.resolve(FIELD + SUFFIX);
    if (Files.isRegularFile(file)) {
      templates.put(ModelText.DEFAULT_TEMPLATE, BoundedFiles.text(file, MAX_BYTES));
    }
    Path additional = folder.resolve("additional_chat_templates");
    if (Files.isDirectory(additional)) {
      addAll(additional, templates);
    }
    return templates;
  }

  private static void addAll(Path folder, Map<String, String> templates) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        templates.put(
            name.substring(0, name.length() - SUFFIX.length()), BoundedFiles.text(file, MAX_BYTES));
      }
    } catch (IOException e) {
      throw new BadCheckpoint(folder, "cannot be read: " + e);
    }
  }

  /** A configuration holds one template as a string, or named ones as a list. */
  private static Map<String, String> named(Path file, JsonNode value) {
    if (value.isMissingNode() || value.isNull()) {
      return Map.of();
    }
    if (value.isString()) {
      return Map.of(ModelText.DEFAULT_TEMPLATE, value.stringValue());
    }
    if (!value.isArray()) {
      throw notTemplates(file);
    }
    Map<String, String> templates = new LinkedHashMap<>();
    for (JsonNode each : value) {
      JsonNode name = each.path("name");
      JsonNode template = each.path("template");
      if (!name.isString() || !template.isString()) {
        throw notTemplates(file);
      }
      templates.put(name.stringValue(), template.stringValue());
    }
    return templates;
  }

  private static BadCheckpoint notTemplates(Path file) {
    return new BadCheckpoint(
        file, FIELD + " must be a string, or a list of objects with name and template");
  }
}
