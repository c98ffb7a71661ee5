package io.millrace.models.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.models.weights.BadCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChatTemplateFilesTest {
  private static final String NAMED =
      """
      {"chat_template": [{"name": "default", "template": "d"},
                         {"name": "tool_use", "template": "t"}]}
      """;

  @TempDir private Path folder;

  @BeforeEach
  void writeTokenizer() throws IOException {
    write("tokenizer.json", TinyTokenizers.byteFallback().toString());
  }

  private void write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  /** As a worker reads them. */
  private Map<String, String> templates() {
    try (ModelText text = ModelText.load(folder)) {
      return text.chatTemplates();
    }
  }

  @Test
  void folder_withoutTemplates_hasNone() throws IOException {
    assertThat(templates()).isEmpty();
    write("tokenizer_config.json", "{\"chat_template\": null}");
    assertThat(templates()).isEmpty();
  }

  @Test
  void configuration_holdsOneTemplateOrNamedOnes() throws IOException {
    write("tokenizer_config.json", "{\"chat_template\": \"one\"}");
    assertThat(templates()).containsExactlyInAnyOrderEntriesOf(Map.of("default", "one"));
    write("tokenizer_config.json", NAMED);
    assertThat(templates())
        .containsExactlyInAnyOrderEntriesOf(Map.of("default", "d", "tool_use", "t"));
  }

  @Test
  void templateFile_replacesAllOfTheConfiguration() throws IOException {
    write("tokenizer_config.json", NAMED);
    write("chat_template.jinja", "of a file\n");
    assertThat(templates()).containsExactlyInAnyOrderEntriesOf(Map.of("default", "of a file\n"));
  }

  @Test
  void additionalTemplates_standBesideTheTemplateFile() throws IOException {
    write("tokenizer_config.json", NAMED);
    write("chat_template.jinja", "of a file");
    write("additional_chat_templates/rag.jinja", "for documents");
    write("additional_chat_templates/readme.txt", "no template");
    assertThat(templates())
        .containsExactlyInAnyOrderEntriesOf(Map.of("default", "of a file", "rag", "for documents"));
  }

  @Test
  void additionalTemplatesAlone_replaceTheConfigurationToo() throws IOException {
    write("tokenizer_config.json", NAMED);
    write("additional_chat_templates/rag.jinja", "for documents");
    assertThat(templates()).containsExactlyInAnyOrderEntriesOf(Map.of("rag", "for documents"));
  }

  @Test
  void processorsFile_replacesTheConfigurationAndGivesWayToTemplateFiles() throws IOException {
    write("tokenizer_config.json", NAMED);
    write("chat_template.json", "{\"chat_template\": \"of the processor\"}");
    assertThat(templates())
        .containsExactlyInAnyOrderEntriesOf(Map.of("default", "of the processor"));
    write("chat_template.jinja", "of a file");
    assertThat(templates()).containsExactlyInAnyOrderEntriesOf(Map.of("default", "of a file"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"5", "{\"default\": \"d\"}", "[\"d\"]", "[{\"name\": \"default\"}]"})
  void chatTemplate_ofAnotherType_isNamedWithItsFile(String value) throws IOException {
    write("tokenizer_config.json", "{\"chat_template\": %s}".formatted(value));
    assertThatThrownBy(this::templates)
        .isInstanceOf(BadCheckpoint.class)
        .hasMessage(
            folder.resolve("tokenizer_config.json")
                + ": chat_template must be a string, or a list of objects with name and template");
  }

  @Test
  void templateFile_thatIsNoText_isNamed() throws IOException {
    Files.write(folder.resolve("chat_template.jinja"), new byte[] {(byte) 0xff});
    assertThatThrownBy(this::templates)
        .isInstanceOf(BadCheckpoint.class)
        .hasMessageContaining("chat_template.jinja: cannot be read");
  }
}
