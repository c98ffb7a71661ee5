package io.millrace.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class TinyCheckpointTest {
  @Test
  void checkpoint_isCompleteAndFollowsFromItsSeed(@TempDir Path folder) throws IOException {
    Path one = TinyCheckpoint.llama().writeTo(folder.resolve("one"));
    Path same = TinyCheckpoint.llama().writeTo(folder.resolve("same"));
    Path other = TinyCheckpoint.llama().withSeed(2).writeTo(folder.resolve("other"));

    try (var files = Files.list(one)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "config.json",
              "generation_config.json",
              "model.safetensors",
              "tokenizer.json",
              "tokenizer_config.json");
    }
    assertThat(one.resolve("model.safetensors"))
        .hasSameBinaryContentAs(same.resolve("model.safetensors"));
    assertThat(Files.mismatch(one.resolve("model.safetensors"), other.resolve("model.safetensors")))
        .isPositive();
  }

  @Test
  void tokenizer_hasOneTokenPerByteAndNoneTwice() {
    TinyCheckpoint checkpoint = TinyCheckpoint.llama();

    assertThat(new HashSet<>(checkpoint.tokens())).hasSize(checkpoint.vocabulary());
    JsonNode vocabulary = TinyTokenizer.tokenizer(checkpoint.vocabulary()).at("/model/vocab");
    assertThat(vocabulary.get("A").asInt()).isEqualTo(5 + 'A');
    assertThat(vocabulary.get("\u0120").asInt()).isEqualTo(5 + ' ');
    assertThat(vocabulary.get("\u010a").asInt()).isEqualTo(5 + '\n');
    byte[] umlaut = "\u00e4".getBytes(StandardCharsets.UTF_8);
    assertThat(vocabulary.get("\u00c3").asInt()).isEqualTo(5 + (umlaut[0] & 0xff));
  }

  @Test
  void tied_writesNoHead() {
    assertThat(TinyCheckpoint.llama().withTied(true).tensors())
        .extracting(TinyTensor::name)
        .contains("model.embed_tokens.weight")
        .doesNotContain("lm_head.weight");
  }

  @Test
  void template_isChatMl() {
    JsonNode config = TinyTokenizer.tokenizerConfig(512);

    assertThat(config.get("chat_template").asString())
        .startsWith("{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n'")
        .endsWith("{{ '<|im_start|>assistant\\n' }}{% endif %}");
    assertThat(JsonMapper.shared().readTree(config.toString())).isEqualTo(config);
  }
}
