package io.millrace.engine.start;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.millrace.engine.load.ModelLoader;
import io.millrace.engine.model.ModelSpec;
import io.millrace.engine.model.UnsupportedModel;
import io.millrace.models.text.ModelText;
import io.millrace.models.weights.BadCheckpoint;
import io.millrace.models.weights.Checkpoint;
import io.millrace.models.weights.ElementType;
import io.millrace.models.weights.TensorView;
import io.millrace.toolparser.OutputFormat;
import io.millrace.toolparser.ToolCallFormat;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A description of a model that can be run, from the heads of its files: no weight is read, and no
 * tokenizer made.
 *
 * @param architecture as its configuration names it, such as {@code LlamaForCausalLM}
 * @param heads query heads
 * @param contextLength tokens of prompt and answer
 * @param slidingWindow positions that a query sees; null for all
 * @param parameters numbers in all tensors
 * @param tensorTypes what the tensors are stored as, that of the most bytes first
 * @param chatTemplates names of the chat templates; none for a model that only continues text
 * @param toolCalls the notation of tool calls that the first template shows, as {@code
 *     --tool-call-parser} names it; null for none
 * @param reasoning whether that template sets reasoning apart
 */
public record ModelDescription(
    @JsonProperty("family") String family,
    @JsonProperty("architecture") String architecture,
    @JsonProperty("layers") int layers,
    @JsonProperty("hidden_size") int hidden,
    @JsonProperty("heads") int heads,
    @JsonProperty("kv_heads") int kvHeads,
    @JsonProperty("vocabulary_size") int vocabulary,
    @JsonProperty("context_length") int contextLength,
    @JsonProperty("sliding_window") @Nullable Integer slidingWindow,
    @JsonProperty("parameters") long parameters,
    @JsonProperty("tensor_types") List<Stored> tensorTypes,
    @JsonProperty("chat_templates") List<String> chatTemplates,
    @JsonProperty("tool_calls") @Nullable String toolCalls,
    @JsonProperty("reasoning") boolean reasoning) {

  /**
   * The tensors that are stored as one type.
   *
   * @param type as safetensors or ggml calls it
   */
  public record Stored(
      @JsonProperty("type") String type,
      @JsonProperty("tensors") int tensors,
      @JsonProperty("parameters") long parameters,
      @JsonProperty("bytes") long bytes) {

    private Stored with(TensorView tensor) {
      return new Stored(type, tensors + 1, parameters + tensor.elements(), bytes + tensor.bytes());
    }
  }

  /** What most bytes of the weights are stored as. */
  public String mainType() {
    return tensorTypes.get(0).type();
  }

  /**
   * Reads the heads of a model's files.
   *
   * @param files a folder in Hugging Face's form, or a GGUF file
   * @throws BadCheckpoint if a file is missing, damaged or of a kind that is not supported
   * @throws UnsupportedModel if it is no model that can be run
   */
  public static ModelDescription of(Path files) {
    try (Checkpoint checkpoint = Checkpoint.open(files)) {
      ModelSpec spec = ModelLoader.spec(checkpoint);
      Collection<Stored> stored = stored(checkpoint);
      Map<String, String> templates = new TreeMap<>(ModelText.chatTemplates(files));
      OutputFormat format = format(templates);
      return new ModelDescription(
          spec.family().name().toLowerCase(Locale.ROOT),
          checkpoint.config().path("architectures").path(0).asString(""),
          spec.layers(),
          spec.hidden(),
          spec.heads(),
          spec.kvHeads(),
          spec.vocab(),
          spec.maxPositions(),
          spec.window() > 0 ? spec.window() : null,
          stored.stream().mapToLong(Stored::parameters).sum(),
          stored.stream().sorted(Comparator.comparingLong(Stored::bytes).reversed()).toList(),
          List.copyOf(templates.keySet()),
          toolCalls(format.toolCalls()),
          format.reasoning() != null);
    }
  }

  private static Collection<Stored> stored(Checkpoint checkpoint) {
    Map<ElementType, Stored> types = new TreeMap<>();
    for (String name : checkpoint.names()) {
      TensorView tensor = checkpoint.storedTensor(name);
      Stored known = types.getOrDefault(tensor.type(), new Stored(tensor.type().name(), 0, 0, 0));
      types.put(tensor.type(), known.with(tensor));
    }
    return types.values();
  }

  private static @Nullable String toolCalls(@Nullable ToolCallFormat calls) {
    return calls == null
        ? null
        : calls.parserNames().stream().findFirst().orElse(calls.name().toLowerCase(Locale.ROOT));
  }

  private static OutputFormat format(Map<String, String> templates) {
    String template = templates.getOrDefault(ModelText.DEFAULT_TEMPLATE, "");
    for (String other : templates.values()) {
      template = template.isEmpty() ? other : template;
    }
    return OutputFormat.of(template);
  }
}
