package io.millrace.toolparser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.toolparser.schema.ToolSchemas;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Published chat templates, in a folder beside the repository; skipped where it is absent. */
final class TemplateCorpusTest {
  private static final JsonMapper JSON = JsonMapper.shared();

  private static Path folder() {
    Path folder = find();
    assumeTrue(folder != null, "the chat template corpus is not here");
    return Objects.requireNonNull(folder);
  }

  private static @Nullable Path find() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path corpus = at.resolveSibling("shared").resolve("chat-templates");
      if (Files.isDirectory(corpus)) {
        return corpus;
      }
    }
    return null;
  }

  private static OutputFormat format(String template) throws IOException {
    Path file = folder().resolve("templates").resolve(template + ".jinja");
    return OutputFormat.of(Files.readString(file));
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "axolotl_command_a_tool_use, COHERE_COMMAND, COHERE",
        "axolotl_deepseek_v3, DEEPSEEK_V3, THINK",
        "axolotl_falcon_h1, HERMES, -",
        "axolotl_gemma4, -, GEMMA",
        "axolotl_jamba, JAMBA, -",
        "axolotl_llama3, -, -",
        "axolotl_llama4, LLAMA3_JSON, -",
        "axolotl_mistral_v3_tekken, MISTRAL, -",
        "axolotl_qwen3, HERMES, THINK",
        "chujiezheng_chatml, -, -",
        "chujiezheng_granite-3.0-instruct, GRANITE, -",
        "chujiezheng_llama-2-chat, -, -",
        "chujiezheng_qwen2.5-instruct, HERMES, -",
        "hfct_smollm3-3b, HERMES, THINK",
        "hfjs_CohereForAI-c4ai-command-r-v01, COMMAND_R, -",
        "hfjs_CohereLabs-command-a-reasoning-08-2025, COHERE_COMMAND, COHERE",
        "hfjs_HuggingFaceTB-SmolVLM-Instruct, -, -",
        "hfjs_LiquidAI-LFM2.5-VL-450M, LFM2, THINK",
        "hfjs_Qwen-Qwen3.5-4B, QWEN3_CODER, THINK",
        "hfjs_deepseek-ai-DeepSeek-R1, DEEPSEEK_V3, THINK",
        "hfjs_meta-llama-Llama-3.2-11B-Vision-Instruct, LLAMA3_JSON, -",
        "hfjs_mistralai-Mistral-Nemo-Instruct-2407, MISTRAL, -",
        "hfjs_zai-org-GLM-5.1, -, THINK",
        "llamacpp_ByteDance-Seed-OSS, SEED_OSS, SEED",
        "llamacpp_CohereForAI-c4ai-command-r-plus-tool_use, COMMAND_R, -",
        "llamacpp_CohereForAI-c4ai-command-r7b-12-2024-tool_use, COHERE_COMMAND, COHERE",
        "llamacpp_Mistral-Small-3.2-24B-Instruct-2506, MISTRAL_ARGS, -",
        "llamacpp_NVIDIA-Nemotron-3-Nano-30B-A3B-BF16, QWEN3_CODER, THINK",
        "llamacpp_NVIDIA-Nemotron-Nano-v2, NEMOTRON_JSON, THINK",
        "llamacpp_NousResearch-Hermes-2-Pro-Llama-3-8B-tool_use, HERMES, -",
        "llamacpp_Qwen-QwQ-32B, HERMES, THINK",
        "llamacpp_Qwen-Qwen2.5-7B-Instruct, HERMES, -",
        "llamacpp_Qwen-Qwen3-0.6B, HERMES, THINK",
        "llamacpp_Qwen3-Coder, QWEN3_CODER, -",
        "llamacpp_deepseek-ai-DeepSeek-R1-Distill-Qwen-32B, DEEPSEEK_V3, THINK",
        "llamacpp_deepseek-ai-DeepSeek-V3.1, DEEPSEEK_V31, THINK",
        "llamacpp_google-gemma-2-2b-it, -, -",
        "llamacpp_ibm-granite-granite-3.3-2B-Instruct, GRANITE, THINK",
        "llamacpp_meetkai-functionary-medium-v3.1, -, -",
        "llamacpp_meta-llama-Llama-3.1-8B-Instruct, LLAMA3_JSON, -",
        "llamacpp_meta-llama-Llama-3.2-3B-Instruct, LLAMA3_JSON, -",
        "llamacpp_mistralai-Ministral-3-14B-Reasoning-2512, MISTRAL_ARGS, MISTRAL",
        "minja_Qwen-Qwen3-Coder-30B-A3B-Instruct, QWEN3_CODER, -",
        "vllm_tool_chat_template_apertus, -, APERTUS",
        "vllm_tool_chat_template_deepseekv3, DEEPSEEK_V3, -",
        "vllm_tool_chat_template_deepseekv31, DEEPSEEK_V31, THINK",
        "vllm_tool_chat_template_gemma3_pythonic, PYTHONIC, -",
        "vllm_tool_chat_template_granite, GRANITE, -",
        "vllm_tool_chat_template_granite_20b_fc, GRANITE_20B_FC, -",
        "vllm_tool_chat_template_hermes, HERMES, -",
        "vllm_tool_chat_template_hunyuan_a13b, JAMBA, THINK",
        "vllm_tool_chat_template_internlm2_tool, INTERNLM, -",
        "vllm_tool_chat_template_llama3.1_json, LLAMA3_JSON, -",
        "vllm_tool_chat_template_llama3.2_json, LLAMA3_JSON, -",
        "vllm_tool_chat_template_llama3.2_pythonic, PYTHONIC, -",
        "vllm_tool_chat_template_llama4_json, LLAMA3_JSON, -",
        "vllm_tool_chat_template_llama4_pythonic, PYTHONIC, -",
        "vllm_tool_chat_template_mistral, MISTRAL, -",
        "vllm_tool_chat_template_mistral_parallel, MISTRAL, -",
        "vllm_tool_chat_template_phi4_mini, PHI4_MINI_JSON, -",
        "vllm_tool_chat_template_qwen3coder, QWEN3_CODER, -",
        "vllm_tool_chat_template_toolace, PYTHONIC, -",
      })
  void format_isFound(
      String template, @Nullable ToolCallFormat calls, @Nullable ReasoningTags reasoning)
      throws IOException {
    OutputFormat format = format(template);

    assertThat(format.toolCalls()).isEqualTo(calls);
    assertThat(format.reasoning()).isEqualTo(reasoning);
  }

  /**
   * What a template writes into a prompt for calls of before, the parser reads back. Some of the
   * templates write none, or calls that only a whole answer may be.
   */
  @Test
  void callsThatTemplatesWrite_areReadBack() throws IOException {
    Map<String, JsonNode> conversations = conversations();
    int numRead = 0;
    for (String line : Files.readAllLines(folder().resolve("expected.jsonl"))) {
      JsonNode rendered = JSON.readTree(line);
      JsonNode conversation = conversations.get(rendered.path("conversation").asString());
      OutputFormat format = format(rendered.path("template").asString());
      if (conversation != null && format.toolCalls() != null && rendered.has("expected")) {
        List<OutputPiece> read = pieces(format, conversation, rendered.path("expected").asString());
        numRead += check(format, conversation, read);
      }
    }
    assertThat(numRead).isGreaterThanOrEqualTo(285);
  }

  /** How many of a conversation's calls are among the pieces, all of them or none. */
  private static int check(OutputFormat format, JsonNode conversation, List<OutputPiece> read) {
    List<String> names = new ArrayList<>();
    List<StringBuilder> arguments = new ArrayList<>();
    for (OutputPiece piece : read) {
      if (piece instanceof OutputPiece.CallBegin begin) {
        names.add(begin.name());
        arguments.add(new StringBuilder());
      } else if (piece instanceof OutputPiece.CallEnd end && !end.complete()) {
        names.set(end.index(), "incomplete");
      } else if (piece instanceof OutputPiece.CallArguments more) {
        arguments.get(more.index()).append(more.json());
      }
    }
    List<JsonNode> wanted = calls(conversation);
    int from = names.size() - wanted.size();
    List<String> wantedNames = wanted.stream().map(it -> it.path("name").asString()).toList();
    if (from < 0 || !names.subList(from, names.size()).equals(wantedNames)) {
      return 0;
    }
    for (int i = 0; i < wanted.size(); i++) {
      JsonNode told = JSON.readTree(arguments.get(from + i).toString());
      JsonNode given = wanted.get(i).path("arguments");
      boolean typed = hasTypes(format.toolCalls()) && given.isObject();
      assertThat(typed ? told : given).isEqualTo(given);
    }
    return wanted.size();
  }

  /** Whether the notation itself says what is a number and what a string. */
  private static boolean hasTypes(@Nullable ToolCallFormat calls) {
    return calls != null && calls.syntax().body() != CallSyntax.Body.XML;
  }

  private static List<OutputPiece> pieces(
      OutputFormat format, JsonNode conversation, String prompt) {
    OutputFormat plain = format.withoutReasoning();
    OutputParser parser =
        new OutputParser(plain, tools(conversation), plain.callIds("request", 0), false);
    List<OutputPiece> pieces = new ArrayList<>(parser.append(prompt));
    pieces.addAll(parser.finish());
    return pieces;
  }

  @SuppressWarnings("unchecked")
  private static ToolSchemas tools(JsonNode conversation) {
    return ToolSchemas.of(
        (List<Map<String, Object>>)
            (List<?>) JSON.treeToValue(conversation.path("tools"), List.class));
  }

  private static List<JsonNode> calls(JsonNode conversation) {
    List<JsonNode> calls = new ArrayList<>();
    for (JsonNode message : conversation.path("messages")) {
      message.path("tool_calls").forEach(call -> calls.add(call.path("function")));
    }
    return calls;
  }

  private static Map<String, JsonNode> conversations() throws IOException {
    Map<String, JsonNode> found = new HashMap<>();
    for (JsonNode each : JSON.readTree(folder().resolve("conversations.json").toFile())) {
      if (each.toString().contains("\"tool_calls\"")) {
        found.put(each.path("id").asString(), each);
      }
    }
    return found;
  }
}
