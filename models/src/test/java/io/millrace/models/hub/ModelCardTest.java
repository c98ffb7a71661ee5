package io.millrace.models.hub;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelCardTest {

  @Test
  void parse_cards_areReadInAllTheirForms() {
    assertThat(ModelCard.parse("acme/tiny-1.5B")).contains(card("acme/tiny-1.5B", "main", null));
    assertThat(ModelCard.parse("gpt2")).contains(card("gpt2", "main", null));
    assertThat(ModelCard.parse("acme/tiny@v1.0")).contains(card("acme/tiny", "v1.0", null));
    assertThat(ModelCard.parse("acme/tiny@refs/pr/1"))
        .contains(card("acme/tiny", "refs/pr/1", null));
    assertThat(ModelCard.parse("acme/tiny/q4/t.Q4_0.gguf@main"))
        .contains(card("acme/tiny", "main", "q4/t.Q4_0.gguf"));
  }

  private static ModelCard card(String repository, String revision, String file) {
    return new ModelCard(repository, revision, file);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/abs/path", "./a/b", "../a", "a/b/c", "a/../b", "x.gguf", "a b", "", "~/m", "a@"})
  void parse_paths_areNoCards(String text) {
    assertThat(ModelCard.parse(text)).isEmpty();
  }
}
