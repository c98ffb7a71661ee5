package io.millrace.engine.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.engine.model.UnsupportedModel;
import io.millrace.models.weights.BadCheckpoint;
import io.millrace.testing.TinyCheckpoint;
import io.millrace.testing.TinyFamily;
import io.millrace.testing.TinyGguf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ModelDescriptionTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource(TinyFamily.class)
  void of_eachFamily_isNamed(TinyFamily family) throws IOException {
    ModelDescription description = ModelDescription.of(family.writeTo(folder));
    assertThat(description.family()).isEqualTo(family.name().toLowerCase(Locale.ROOT));
    assertThat(description.contextLength()).isEqualTo(512);
    assertThat(description.mainType()).isEqualTo("F32");
    assertThat(description.slidingWindow()).isEqualTo(family == TinyFamily.MISTRAL ? 21 : null);
    assertThat(description.chatTemplates()).isEmpty();
    assertThat(description.toolCalls()).isNull();
  }

  @Test
  void of_folderAndGguf_areTheSame() throws IOException {
    TinyCheckpoint tiny = TinyCheckpoint.llama();
    Path gguf = Files.write(folder.resolve("tiny.gguf"), TinyGguf.bytes(tiny));
    assertThat(ModelDescription.of(gguf))
        .isEqualTo(ModelDescription.of(tiny.writeTo(folder.resolve("tiny"))));
  }

  @Test
  void of_template_showsTheNotationOfCalls() throws IOException {
    TinyCheckpoint.llama().writeTo(folder);
    String hermes =
        "{% if tools %}<tools>{{ tools }}</tools> return <tool_call>\n"
            + "{\"name\": <function-name>, \"arguments\": <args-json-object>}\n</tool_call>"
            + "{% endif %}{% if enable_thinking %}<think>\n\n</think>{% endif %}";
    Files.writeString(folder.resolve("chat_template.jinja"), hermes);
    ModelDescription description = ModelDescription.of(folder);
    assertThat(description.chatTemplates()).containsExactly("default");
    assertThat(description.toolCalls()).isEqualTo("hermes");
    assertThat(description.reasoning()).isTrue();
  }

  @Test
  void of_whatCannotBeRun_saysWhy() throws IOException {
    TinyCheckpoint.llama().writeTo(folder);
    Files.writeString(folder.resolve("config.json"), "{\"architectures\":[\"BertModel\"]}");
    assertThatThrownBy(() -> ModelDescription.of(folder))
        .isInstanceOf(UnsupportedModel.class)
        .hasMessageContaining("BertModel");
    Files.writeString(
        folder.resolve("config.json"), TinyCheckpoint.llama().withLayers(3).config().toString());
    assertThatThrownBy(() -> ModelDescription.of(folder))
        .isInstanceOf(UnsupportedModel.class)
        .hasMessageContaining("model.layers.2.");
    Files.delete(folder.resolve("model.safetensors"));
    assertThatThrownBy(() -> ModelDescription.of(folder)).isInstanceOf(BadCheckpoint.class);
  }
}
