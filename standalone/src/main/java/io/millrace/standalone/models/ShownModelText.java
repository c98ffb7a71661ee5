package io.millrace.standalone.models;

import io.millrace.engine.start.ModelDescription;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A model as text, a line for each thing that is known of it. */
final class ShownModelText {
  private static final String FIELD = "%-12s %s";

  private final ShownModel model;
  private final List<String> lines = new ArrayList<>();

  ShownModelText(ShownModel model) {
    this.model = model;
  }

  List<String> lines() {
    add("model", model.name());
    if (model.revision() != null) {
      String refs = String.join(", ", model.refs());
      add("revision", model.revision() + (refs.isEmpty() ? "" : " (" + refs + ")"));
    }
    add("path", model.path());
    add("licence", model.license() == null ? "not told" : model.license());
    if (model.description() != null) {
      addDescription(model.description());
    }
    if (model.reason() != null) {
      add("not served", model.reason());
    }
    addFiles();
    return lines;
  }

  private void addDescription(ModelDescription description) {
    add("family", description.family() + " (" + description.architecture() + ")");
    add("layers", description.layers() + " of width " + description.hidden());
    add("heads", description.heads() + ", and " + description.kvHeads() + " of keys and values");
    add("vocabulary", description.vocabulary() + " tokens");
    Integer window = description.slidingWindow();
    add(
        "context",
        description.contextLength()
            + " tokens"
            + (window == null ? "" : ", a sliding window of " + window));
    add("parameters", Amounts.count(description.parameters()));
    for (ModelDescription.Stored stored : description.tensorTypes()) {
      add(
          "tensors",
          "%s: %d tensors, %s parameters, %s"
              .formatted(
                  stored.type(),
                  stored.tensors(),
                  Amounts.count(stored.parameters()),
                  Amounts.bytes(stored.bytes())));
    }
    addMemory();
    addTemplate(description);
  }

  private void addMemory() {
    ShownModel.WeightMemory memory = model.weightMemory();
    if (memory != null) {
      add(
          "memory",
          "%s as float32, %s as bfloat16 or float16, for the weights"
              .formatted(Amounts.bytes(memory.float32()), Amounts.bytes(memory.bfloat16())));
    }
  }

  private void addTemplate(ModelDescription description) {
    List<String> templates = description.chatTemplates();
    add(
        "template",
        templates.isEmpty() ? "no: it continues texts" : "yes: " + String.join(", ", templates));
    if (!templates.isEmpty()) {
      String calls = description.toolCalls();
      add("tool calls", calls == null ? "the template shows none" : "as " + calls);
      add("reasoning", description.reasoning() ? "set apart" : "not set apart");
    }
  }

  private void addFiles() {
    int width = model.files().stream().mapToInt(file -> file.name().length()).max().orElse(1);
    for (ShownModel.StoredFile file : model.files()) {
      String name = String.format(Locale.ROOT, "%-" + width + "s", file.name());
      add("file", name + "  " + Amounts.bytes(file.bytes()));
    }
  }

  /** Texts of files may hold what moves a terminal's cursor. */
  private void add(String name, String value) {
    lines.add(FIELD.formatted(name, value.replaceAll("\\p{Cntrl}", " ")));
  }
}
