package io.millrace.template.cli;

import io.millrace.template.ChatTemplate;
import io.millrace.template.ChatTemplates;
import io.millrace.template.Conversation;
import io.millrace.template.MessagePreparation;
import io.millrace.template.SpecialTokens;
import io.millrace.template.TemplateException;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.json.JsonMapper;

/** {@code millrace render}: shows the prompts that a template makes of conversations. */
@Command(
    name = "render",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Renders chat templates as transformers does. Reads a JSON object from each line of"
            + " standard input: template, messages, tools, documents, add_generation_prompt,"
            + " bos_token, eos_token, kwargs (further variables) and now (the time that"
            + " strftime_now shows). Writes a JSON object for each line: output, or error and"
            + " raised_by_template.")
public final class RenderCommand implements Callable<Integer> {
  private static final int CACHED_TEMPLATES = 64;
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final JsonMapper ASCII =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private final ModelPrompts.Source models;
  private final InputStream in;
  private final OutputStream out;
  private final Map<String, ChatTemplate> compiled =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, ChatTemplate> eldest) {
          return size() > CACHED_TEMPLATES;
        }
      };

  @Option(
      names = {"-m", "--model"},
      paramLabel = "MODEL",
      description =
          "Folder, GGUF file or card of a model: its own template is used where a line has none,"
              + " messages are prepared as the server prepares them, and token_ids are shown.")
  private @Nullable String model;

  @Option(
      names = "--prompt-template",
      paramLabel = "NAME",
      description =
          "Built-in template for lines that have none: llama, vicuna, baichuan or chatml.")
  private @Nullable String promptTemplate;

  /** Reads and writes the standard streams. */
  public RenderCommand(ModelPrompts.Source models) {
    this(models, System.in, System.out);
  }

  /** Reads and writes streams in UTF-8; they stay open. */
  public RenderCommand(ModelPrompts.Source models, InputStream in, OutputStream out) {
    this.models = models;
    this.in = in;
    this.out = out;
  }

  /**
   * Answers each line of input with one of output.
   *
   * @throws IllegalArgumentException if the model or the built-in template is not there
   */
  @Override
  public Integer call() throws IOException {
    ModelPrompts prompts = model == null ? null : models.of(model);
    ChatTemplates fallback =
        promptTemplate == null
            ? (prompts == null ? null : prompts.templates())
            : ChatTemplates.builtIn(promptTemplate);
    var reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    var writer = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      writer.write(json(answer(line, prompts, fallback)));
      writer.write('\n');
      if (!reader.ready()) {
        writer.flush();
      }
    }
    writer.flush();
    return 0;
  }

  private Map<String, Object> answer(
      String text, @Nullable ModelPrompts prompts, @Nullable ChatTemplates fallback) {
    try {
      return rendered(RenderLine.parse(text), prompts, fallback);
    } catch (TemplateException e) {
      return failure(e, e.raisedByTemplate());
    } catch (RuntimeException e) {
      return failure(e, false);
    }
  }

  private Map<String, Object> rendered(
      RenderLine line, @Nullable ModelPrompts prompts, @Nullable ChatTemplates fallback) {
    Conversation conversation = line.conversation();
    ChatTemplate template = template(line, conversation, fallback);
    Map<String, Object> answer = new LinkedHashMap<>();
    if (prompts == null) {
      answer.put(
          "output",
          template.render(conversation, line.specialTokens(SpecialTokens.NONE), line.clock()));
      return answer;
    }
    String prompt =
        template.render(
            MessagePreparation.prepare(conversation, template),
            line.specialTokens(prompts.specialTokens()),
            line.clock());
    answer.put("output", prompt);
    answer.put("token_ids", prompts.encoder().encode(prompt));
    return answer;
  }

  private ChatTemplate template(
      RenderLine line, Conversation conversation, @Nullable ChatTemplates fallback) {
    String source = line.template();
    if (source != null) {
      return compiled.computeIfAbsent(source, ChatTemplate::compile);
    } else if (fallback != null) {
      return fallback.templateFor(conversation);
    }
    throw new IllegalArgumentException(
        "template is required unless --model or --prompt-template is given");
  }

  private static Map<String, Object> failure(RuntimeException e, boolean raisedByTemplate) {
    Map<String, Object> failure = new LinkedHashMap<>();
    failure.put("error", e.getMessage() == null ? e.toString() : e.getMessage());
    failure.put("raised_by_template", raisedByTemplate);
    return failure;
  }

  /** Half of a surrogate pair has no UTF-8, but JSON has an escape for it. */
  private static String json(Map<String, Object> answer) {
    String plain = JSON.writeValueAsString(answer);
    return StandardCharsets.UTF_8.newEncoder().canEncode(plain)
        ? plain
        : ASCII.writeValueAsString(answer);
  }
}
