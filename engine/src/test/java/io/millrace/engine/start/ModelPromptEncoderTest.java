package io.millrace.engine.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.models.text.ModelText;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.Prompt;
import io.millrace.testing.TinyCheckpoint;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelPromptEncoderTest {

  @Test
  void textThatIsFarTooLong_isRefusedByItsLength(@TempDir Path folder) throws Exception {
    try (ModelText text = ModelText.load(TinyCheckpoint.llama().writeTo(folder))) {
      ModelPromptEncoder encoder =
          new ModelPromptEncoder(text.tokenizer(), ModelTemplates.of(text, new EngineOptions()))
              .upTo(100);
      assertThat(encoder.encode(new Prompt.Text("w".repeat(120)))).hasSizeGreaterThan(100);
      // More than the tokenizer itself takes, so it was not asked.
      assertThatThrownBy(() -> encoder.encode(new Prompt.Text("w".repeat(3_000_000))))
          .isInstanceOfSatisfying(
              Invalid.class, refusal -> assertThat(refusal.param()).isEqualTo("prompt"))
          .hasMessageMatching(
              "prompt has 3000000 characters, which are at least \\d+ tokens; at most 100 are"
                  + " allowed");
    }
  }
}
