package io.millrace.models.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.TinyCheckpoint;
import io.millrace.testing.TinyGguf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelLicenseTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "license: apache-2.0 | apache-2.0",
        "language: en;license: \"mit\"  # as it was | mit",
        "license:;- mit;- cc-by-4.0;tags: x | mit, cc-by-4.0",
        "license: [mit, gpl-3.0] | mit, gpl-3.0",
        "license: other;license_name: qwen | qwen",
        "license: other | other"
      })
  void of_headOfTheReadme(String head, String license) throws IOException {
    String text = "---\n" + head.replace(';', '\n') + "\n---\n# Model\nlicense: wrong\n";
    Files.writeString(folder.resolve("README.md"), text);
    assertThat(ModelLicense.of(folder)).contains(license);
    Files.writeString(folder.resolve("README.md"), text.replace("\n", "\r\n"));
    assertThat(ModelLicense.of(folder)).contains(license);
  }

  @Test
  void of_readmeWithoutHead_tellsNothing() throws IOException {
    Files.writeString(folder.resolve("README.md"), "# Model\nlicense: mit\n");
    assertThat(ModelLicense.of(folder)).isEmpty();
    Files.writeString(folder.resolve("LICENSE.txt"), "...");
    assertThat(ModelLicense.of(folder)).contains("see LICENSE.txt");
  }

  @Test
  void of_gguf_isItsMetadataFirst() throws IOException {
    Path file = folder.resolve("x.gguf");
    Files.write(
        file, TinyGguf.writer(TinyCheckpoint.llama()).put("general.license", "mit").toBytes());
    Files.writeString(folder.resolve("README.md"), "---\nlicense: gpl-3.0\n---\n");
    assertThat(ModelLicense.of(file)).contains("mit");
    Files.write(file, TinyGguf.bytes(TinyCheckpoint.llama()));
    assertThat(ModelLicense.of(file)).contains("gpl-3.0");
  }

  @Test
  void of_damagedOrMissingFiles_isNotTold() throws IOException {
    assertThat(ModelLicense.of(folder.resolve("nowhere"))).isEmpty();
    assertThat(ModelLicense.of(Files.write(folder.resolve("x.gguf"), new byte[3]))).isEmpty();
  }

  @Test
  void of_textForATerminal_isPlainAndShort() throws IOException {
    Files.writeString(
        folder.resolve("README.md"), "---\nlicense: a\u001b[2Jb" + "c".repeat(100) + "\n---\n");
    assertThat(ModelLicense.of(folder).orElseThrow()).hasSize(67).startsWith("a ").endsWith("...");
  }
}
