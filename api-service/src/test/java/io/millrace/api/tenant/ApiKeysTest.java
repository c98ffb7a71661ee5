package io.millrace.api.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.cli.StartFailure;
import io.millrace.protocol.Invalid;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiKeysTest {
  private static final String YAML =
      """
      tenants:
        - name: team-a
          keys: [sk-a-1, sk-a-2]
          weight: 3
          max_concurrency: 8
          requests_per_minute: 600
          tokens_per_minute: 100000
          max_priority: 0
        - name: team-b
          # sha256 of sk-b
          key_sha256: [%s]
      """;

  private static final Tenant TEAM_A = new Tenant("team-a", 3, 8, 600, 100_000, 0);

  @TempDir Path folder;

  @Test
  void keys_areThoseOfTheFileAndOfTheCommand() throws IOException {
    String sha256 = HexFormat.of().formatHex(KeyRing.digest("sk-b"));
    try (ApiKeys keys = new ApiKeys(List.of("sk-c"), write(YAML.formatted(sha256)))) {
      assertThat(keys.required()).isTrue();
      assertThat(keys.find("sk-a-2")).contains(TEAM_A);
      assertThat(keys.find("sk-b")).contains(Tenant.unlimited("team-b"));
      assertThat(keys.find("sk-c")).contains(Tenant.unlimited("default"));
      assertThat(keys.find("sk-d")).isEmpty();
      assertThat(keys.find(sha256)).isEmpty();
      assertThat(keys.tenants())
          .extracting(Tenant::name)
          .containsExactly("team-a", "team-b", "default");
    }
  }

  @Test
  void file_mayBeJson() {
    KeyRing ring =
        KeyFile.read(bytes("{\"tenants\":[{\"name\":\"a\",\"keys\":[\"k\"],\"weight\":2}]}"));
    assertThat(ring.find("k")).map(Tenant::weight).contains(2);
  }

  @Test
  void fileThatChanges_countsAtOnce_andOneThatIsBrokenLeavesAllAsItWas() throws IOException {
    Path file = write("{tenants: [{name: a, keys: [one]}]}");
    try (ApiKeys keys = new ApiKeys(List.of(), file)) {
      Files.writeString(file, "{tenants: [{name: a, keys: [two]}]}");
      keys.reload();
      assertThat(keys.find("one")).isEmpty();
      assertThat(keys.find("two")).isPresent();

      Files.writeString(file, "{tenants: [{name: a, keys: [three]");
      keys.reload();
      Files.delete(file);
      keys.reload();
      assertThat(keys.find("two")).isPresent();
    }
  }

  @Test
  void noKeys_areAskedForUnlessThereAreSome() {
    try (ApiKeys keys = new ApiKeys(List.of(), null)) {
      assertThat(keys.required()).isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {tenants: []} | tenants must hold at least one tenant
          {keys: []} | "keys" is no field of the file; there are tenants
          {tenants: [{name: 'a b', keys: [k]}]} | tenants[0].name must be 1 to 64 of A-Z a-z 0-9 . _ -, but is "a b"
          {tenants: [{keys: [k]}]} | tenants[0].name is required
          {tenants: [{name: a}]} | a has neither keys nor key_sha256
          {tenants: [{name: a, key: secret}]} | "tenants[0].key" is no field of a tenant; there are key_sha256, keys, max_concurrency, max_priority, name, requests_per_minute, tokens_per_minute, weight
          {tenants: [{name: a, keys: [k], weight: 0}]} | tenants[0].weight must be between 1 and 1000, but is 0
          {tenants: [{name: a, keys: [k], max_concurrency: 0}]} | tenants[0].max_concurrency must be at least 1, but is 0
          {tenants: [{name: a, keys: [k], requests_per_minute: many}]} | tenants[0].requests_per_minute must be a whole number, but is "many"
          {tenants: [{name: a, keys: secret}]} | tenants[0].keys must be a list of texts of 1 to 512 characters without spaces
          {tenants: [{name: a, key_sha256: [secret]}]} | tenants[0].key_sha256 must be a list of SHA-256 digests, 64 hex digits each
          {tenants: [{name: a, keys: [k]}, {name: a, keys: [l]}]} | tenants[1].name is there twice: a
          {tenants: [{name: a, keys: [secret]}, {name: b, keys: [secret]}]} | tenants[1].keys has a key that is there twice
          {tenants: [{name: a, keys: [secret | it is neither YAML nor JSON at line 1, column 35
          """)
  void wrongFile_isRefusedByName_andItsKeysAreNotTold(String content, String message) {
    assertThatThrownBy(() -> KeyFile.read(bytes(content)))
        .isInstanceOf(Invalid.class)
        .hasMessage(message)
        .message()
        .doesNotContain("secret");
  }

  @Test
  void fileThatCannotBeRead_stopsTheStart() {
    Path missing = folder.resolve("missing.yaml");
    assertThatThrownBy(() -> new ApiKeys(List.of(), missing))
        .isInstanceOf(StartFailure.class)
        .hasMessageContainingAll("--api-key-file", "missing.yaml");
    assertThatThrownBy(() -> new ApiKeys(List.of("k"), write("{tenants: [{name: a, keys: [k]}]}")))
        .isInstanceOf(StartFailure.class)
        .hasMessageEndingWith("a key of --api-key is there twice");
  }

  private Path write(String content) throws IOException {
    return Files.writeString(folder.resolve("keys.yaml"), content);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
