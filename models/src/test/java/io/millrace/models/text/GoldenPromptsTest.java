package io.millrace.models.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The reference's tokens for SmolLM2, from the GGUF file that the default model falls back to. Run
 * where the reference lies and the model was fetched once, or {@code -Dmillrace.smollm2} names it.
 */
class GoldenPromptsTest {

  @Test
  void ggufTokenizer_givesTheReferencesIdsAndTexts() throws IOException {
    Path golden = shared("goldens/smollm2-135m-instruct/golden.json");
    Path model = model();
    assumeTrue(golden != null && Files.isRegularFile(model), "no golden or no " + model);
    JsonNode cases = JsonMapper.shared().readTree(golden.toFile()).path("cases");
    assertThat(cases).isNotEmpty();
    try (ModelText text = ModelText.load(model)) {
      for (JsonNode example : cases) {
        check(example, text.tokenizer());
      }
      assertThat(text.specialTokens())
          .containsEntry("bos_token", "<|im_start|>")
          .containsEntry("eos_token", "<|im_end|>");
      assertThat(text.stopIds()).contains(2);
      assertThat(text.chatTemplates().get("default")).contains("<|im_start|>");
    }
  }

  private static Path model() {
    String given = System.getProperty("millrace.smollm2");
    return given != null
        ? Path.of(given)
        : Path.of(System.getProperty("user.home"))
            .resolve(".cache/millrace/models/SmolLM2-135M-Instruct.Q4_1.gguf");
  }

  private static void check(JsonNode example, Tokenizer tokenizer) {
    boolean chat = example.has("messages");
    String prompt = chat ? chatMl(example.path("messages")) : example.path("text").asString();
    int[] ids = ids(example.path("prompt"));
    assertThat(tokenizer.encode(prompt, !chat)).as(prompt).isEqualTo(ids);
    assertThat(tokenizer.decode(ids, false)).isEqualTo(prompt);
    int[] greedy = ids(example.path("greedy"));
    String text = example.path("greedy_text").asString();
    assertThat(tokenizer.decode(greedy, false)).isEqualTo(text);
    StreamDecoder stream = tokenizer.newStreamDecoder(ids, false);
    StringBuilder streamed = new StringBuilder();
    IntStream.of(greedy).forEach(id -> streamed.append(stream.append(id)));
    assertThat(streamed + stream.finish()).isEqualTo(text);
  }

  private static String chatMl(JsonNode messages) {
    StringBuilder prompt = new StringBuilder();
    if (!messages.path(0).path("role").asString().equals("system")) {
      prompt
          .append("<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by ")
          .append("Hugging Face<|im_end|>\n");
    }
    for (JsonNode message : messages) {
      prompt
          .append("<|im_start|>" + message.path("role").asString() + "\n")
          .append(message.path("content").asString() + "<|im_end|>\n");
    }
    return prompt + "<|im_start|>assistant\n";
  }

  private static int[] ids(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false).mapToInt(JsonNode::asInt).toArray();
  }

  static @Nullable Path shared(String file) {
    String given = System.getProperty("millrace.shared");
    if (given != null) {
      return existing(Path.of(given).resolve(file));
    }
    Path folder = Path.of("").toAbsolutePath();
    for (Path up = folder; up != null; up = up.getParent()) {
      Path found = existing(up.resolveSibling("shared").resolve(file));
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private static @Nullable Path existing(Path path) {
    return Files.exists(path) ? path : null;
  }
}
