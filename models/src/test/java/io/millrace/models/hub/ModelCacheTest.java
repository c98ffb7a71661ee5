package io.millrace.models.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.millrace.testing.HubCacheWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelCacheTest {
  private static final String ONE = "1111111111111111111111111111111111111111";
  private static final String TWO = "2222222222222222222222222222222222222222";
  private static final String DEFAULT_MODEL = "HuggingFaceTB/SmolLM2-135M-Instruct";

  @TempDir private Path folder;

  private ModelCache cache() {
    Map<String, String> environment =
        Map.of(
            "HF_HUB_CACHE", folder.resolve("hub").toString(),
            "MILLRACE_HOME", folder.resolve("millrace").toString());
    return ModelCache.of(environment, folder, DEFAULT_MODEL);
  }

  private HubCacheWriter writer(boolean links) {
    return new HubCacheWriter(folder.resolve("hub"), links);
  }

  private static HubCacheWriter addModel(HubCacheWriter writer, String name, String commit)
      throws IOException {
    return writer
        .text(name, commit, "config.json", "{}")
        .text(name, commit, "tokenizer.json", "{ }")
        .file(name, commit, "model.safetensors", new byte[1000]);
  }

  @Test
  void models_cacheThatIsNotThere_areNone() throws IOException {
    assertThat(cache().models()).isEmpty();
    assertThat(cache().others()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void models_areNamedAsTheyAreAskedFor(boolean links) throws IOException {
    HubCacheWriter writer = writer(links);
    addModel(writer, "acme/tiny", ONE).ref("acme/tiny", "main", ONE);
    addModel(writer, "acme/tiny", TWO);
    addModel(writer, "zeta", ONE).ref("zeta", "v1", ONE);
    assertThat(cache().models())
        .extracting(CachedModel::name, CachedModel::commit, CachedModel::path)
        .containsExactly(
            tuple("acme/tiny", ONE, writer.snapshot("acme/tiny", ONE)),
            tuple("acme/tiny@2222222", TWO, writer.snapshot("acme/tiny", TWO)),
            tuple("zeta@v1", ONE, writer.snapshot("zeta", ONE)));
    assertThat(cache().models())
        .allMatch(model -> model.state() == CachedModel.State.COMPLETE)
        .allMatch(model -> model.bytes() == 1005);
    for (CachedModel model : cache().models()) {
      Map<String, String> environment =
          Map.of("HF_HUB_CACHE", folder.resolve("hub").toString(), "HF_HUB_OFFLINE", "1");
      ModelResolver resolver = ModelResolver.of(environment, folder, DEFAULT_MODEL, Progress.NONE);
      assertThat(resolver.cached(model.name())).contains(model.path());
    }
  }

  @Test
  void models_ggufFiles_areOneEach() throws IOException {
    writer(true)
        .file("acme/q", ONE, "a-00001-of-00002.gguf", new byte[10])
        .file("acme/q", ONE, "a-00002-of-00002.gguf", new byte[20])
        .file("acme/q", ONE, "b-00001-of-00002.gguf", new byte[30])
        .ref("acme/q", "main", ONE)
        .file("acme/only", ONE, "x.gguf", new byte[5])
        .ref("acme/only", "main", ONE);
    assertThat(cache().models())
        .extracting(CachedModel::name, CachedModel::state, CachedModel::bytes)
        .containsExactly(
            tuple("acme/only", CachedModel.State.COMPLETE, 5L),
            tuple("acme/q/a-00001-of-00002.gguf", CachedModel.State.COMPLETE, 30L),
            tuple("acme/q/b-00001-of-00002.gguf", CachedModel.State.INCOMPLETE, 30L));
  }

  @Test
  void models_downloadThatHasNotEnded_tellsHowMuchIsThere() throws IOException {
    HubCacheWriter writer = writer(true);
    writer
        .text("acme/begun", ONE, "config.json", "{}")
        .ref("acme/begun", "main", ONE)
        .incomplete("acme/begun", "abc", 500)
        .incomplete("acme/one-file", "def", 70);
    addModel(writer, "acme/second", ONE)
        .ref("acme/second", "main", ONE)
        .incomplete("acme/second", "aaa", 7);
    assertThat(cache().models())
        .extracting(CachedModel::name, CachedModel::state, CachedModel::bytes)
        .containsExactly(
            tuple("acme/begun", CachedModel.State.INCOMPLETE, 502L),
            tuple("acme/one-file", CachedModel.State.INCOMPLETE, 70L),
            tuple("acme/second", CachedModel.State.COMPLETE, 1005L),
            tuple("acme/second", CachedModel.State.INCOMPLETE, 7L));
  }

  @Test
  void models_whatIsNone_isSaidToBeNone() throws IOException {
    writer(true).text("acme/adapter", ONE, "adapter_config.json", "{}");
    Files.createDirectories(writer(true).repository("acme/probed").resolve(".no_exist"));
    Files.createDirectories(folder.resolve("hub/datasets--acme--texts"));
    Files.createDirectories(folder.resolve("hub/.locks/models--acme--adapter"));
    Files.writeString(folder.resolve("hub/version.txt"), "1");
    assertThat(cache().models())
        .hasSize(2)
        .allMatch(model -> model.state() == CachedModel.State.NO_MODEL);
    assertThat(cache().others()).containsExactly("datasets/acme/texts");
  }

  @Test
  void models_wereFetchedWhenTheirNewestFileWas() throws IOException {
    HubCacheWriter writer = addModel(writer(true), "acme/tiny", ONE);
    Instant newest = Instant.parse("2026-03-04T05:06:07Z");
    for (String file : List.of("config.json", "tokenizer.json", "model.safetensors")) {
      Files.setLastModifiedTime(
          writer.snapshot("acme/tiny", ONE).resolve(file),
          FileTime.from(newest.minusSeconds(file.startsWith("model.") ? 0 : 1000)));
    }
    assertThat(cache().models()).extracting(CachedModel::fetchedAt).containsExactly(newest);
  }

  @Test
  void models_theDefaultOnesPackage_isThereByTheModelsName() throws IOException {
    Path models = Files.createDirectories(folder.resolve("millrace/models"));
    Path file = Files.write(models.resolve("SmolLM2-135M-Instruct.Q4_1.gguf"), new byte[9]);
    assertThat(cache().models())
        .extracting(CachedModel::name, CachedModel::path, CachedModel::source)
        .containsExactly(tuple(DEFAULT_MODEL, file, CachedModel.Source.PYPI));
  }

  @Test
  void unknown_namesWhatIsCalledNearlySo() throws IOException {
    addModel(writer(true), "acme/tiny-llama", ONE).ref("acme/tiny-llama", "main", ONE);
    addModel(writer(true), "other/thing", ONE).ref("other/thing", "main", ONE);
    assertThat(cache().unknown("acme/tinny-lama"))
        .hasMessage(
            "there is no model acme/tinny-lama in the cache %s; there is acme/tiny-llama",
            folder.resolve("hub"));
    assertThat(cache().unknown("TINY-llama")).hasMessageEndingWith("there is acme/tiny-llama");
    assertThat(cache().unknown("x".repeat(80)))
        .hasMessage(
            "there is no model %s... in the cache %s", "x".repeat(64), folder.resolve("hub"));
  }

  @Test
  void of_variableWithoutUsableValue_isToldAsIs() {
    assertThatThrownBy(() -> ModelCache.of(Map.of("HF_ENDPOINT", "nowhere"), folder, DEFAULT_MODEL))
        .isInstanceOf(ModelNotFound.class)
        .hasMessageContaining("HF_ENDPOINT");
  }
}
