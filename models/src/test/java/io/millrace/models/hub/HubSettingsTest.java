package io.millrace.models.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HubSettingsTest {
  @TempDir private Path home;

  @Test
  void from_nothingSet_isTheHubsDefaults() {
    assertThat(HubSettings.from(Map.of(), home))
        .isEqualTo(
            new HubSettings(
                URI.create("https://huggingface.co"),
                null,
                home.resolve(".cache/huggingface/hub"),
                false,
                Duration.ofSeconds(10),
                Proxies.NONE,
                home.resolve(".cache/millrace/models")));
  }

  @Test
  void from_everythingSet_isHeeded() {
    HubSettings settings =
        HubSettings.from(
            Map.of(
                "HF_ENDPOINT", "https://mirror.example/",
                "HF_TOKEN", " hf_abc ",
                "HF_HUB_CACHE", "/data/hub",
                "HF_HUB_OFFLINE", "1",
                "HF_HUB_DOWNLOAD_TIMEOUT", "30",
                "MILLRACE_HOME", "/data/millrace"),
            home);
    assertThat(settings)
        .isEqualTo(
            new HubSettings(
                URI.create("https://mirror.example"),
                "hf_abc",
                Path.of("/data/hub"),
                true,
                Duration.ofSeconds(30),
                Proxies.NONE,
                Path.of("/data/millrace/models")));
  }

  @Test
  void from_hfHome_holdsCacheAndToken() throws IOException {
    Files.writeString(home.resolve("token"), "hf_file\n");
    HubSettings settings = HubSettings.from(Map.of("HF_HOME", home.toString()), home);
    assertThat(settings.cache()).isEqualTo(home.resolve("hub"));
    assertThat(settings.token()).isEqualTo("hf_file");
    assertThat(
            HubSettings.from(
                    Map.of("HF_HOME", home.toString(), "HF_HUB_DISABLE_IMPLICIT_TOKEN", "1"), home)
                .token())
        .isNull();
  }

  @Test
  void from_tilde_isTheHome() {
    assertThat(HubSettings.from(Map.of("HF_HOME", "~/models"), home).cache())
        .isEqualTo(home.resolve("models/hub"));
  }

  @Test
  void from_xdgCacheHome_movesBothCaches() {
    HubSettings settings = HubSettings.from(Map.of("XDG_CACHE_HOME", "/xdg"), home);
    assertThat(settings.cache()).isEqualTo(Path.of("/xdg/huggingface/hub"));
    assertThat(settings.localModels()).isEqualTo(Path.of("/xdg/millrace/models"));
  }

  @Test
  void from_unusableValues_areNamed() {
    assertThatThrownBy(() -> HubSettings.from(Map.of("HF_ENDPOINT", "huggingface"), home))
        .hasMessageContaining("HF_ENDPOINT must be a URL")
        .hasMessageContaining("but is huggingface");
    assertThatThrownBy(() -> HubSettings.from(Map.of("HF_HUB_DOWNLOAD_TIMEOUT", "soon"), home))
        .hasMessageContaining("HF_HUB_DOWNLOAD_TIMEOUT");
  }
}
