package io.millrace.models.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testing.FakeHub;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HubTest {
  private static final String WEIGHTS = "model.safetensors";
  private static final String INDEX = WEIGHTS + ".index.json";
  private static final ModelCard CARD = ModelCard.parse(FakeHub.REPOSITORY).orElseThrow();

  @TempDir private Path cache;
  private final byte[] weights = new byte[300_000];
  private final List<Duration> pauses = Collections.synchronizedList(new ArrayList<>());
  private final FakeHub server = new FakeHub();

  @BeforeEach
  void publish() {
    new Random(1).nextBytes(weights);
    server
        .small("config.json", "{}")
        .small("tokenizer.json", "{\"a\": 1}")
        .small("README.md", "# tiny")
        .small(".gitattributes", "")
        .large(WEIGHTS, weights)
        .large("pytorch_model.bin", new byte[10])
        .large("onnx/model.onnx", new byte[10]);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Hub hub(@Nullable String token) {
    return hub(server.endpoint(), token);
  }

  private Hub hub(URI endpoint, @Nullable String token) {
    HubSettings settings =
        new HubSettings(endpoint, token, cache, false, Duration.ofSeconds(20), Proxies.NONE, cache);
    return new Hub(settings, pauses::add, Progress.NONE);
  }

  private Path blob(String name) {
    return cache.resolve("models--acme--tiny/blobs").resolve(server.etag(name));
  }

  @Test
  void fetch_hasTheLayoutOfTheHubsOwnCache() throws IOException {
    Path folder = hub(null).fetch(CARD);
    Path repository = cache.resolve("models--acme--tiny");
    assertThat(folder).isEqualTo(repository.resolve("snapshots").resolve(FakeHub.COMMIT));
    assertThat(repository.resolve("refs/main")).hasContent(FakeHub.COMMIT);
    assertThat(blob(WEIGHTS)).hasBinaryContent(weights);
    Path link = folder.resolve(WEIGHTS);
    assertThat(Files.readSymbolicLink(link))
        .isEqualTo(Path.of("../../blobs", server.etag(WEIGHTS)));
    assertThat(link).hasBinaryContent(weights);
    try (var files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("README.md", "config.json", "tokenizer.json", WEIGHTS);
    }
    try (var blobs = Files.list(repository.resolve("blobs"))) {
      assertThat(blobs).hasSize(4);
    }
  }

  @Test
  void fetch_readmeThatIsTooLongOrNotGiven_isLeftOut() throws IOException {
    server.small("README.md", "x".repeat((1 << 20) + 1));
    Path folder = hub(null).fetch(CARD);
    assertThat(folder.resolve("README.md")).doesNotExist();
    server.small("README.md", "# tiny").fault("/README.md", FakeHub.status(404));
    assertThat(hub(null).fetch(CARD)).isEqualTo(folder);
    assertThat(folder.resolve("README.md")).doesNotExist();
    hub(null).fetch(CARD);
    assertThat(folder.resolve("README.md")).hasContent("# tiny");
  }

  @Test
  void cached_abbreviatedCommit_isFound() throws IOException {
    Path folder = hub(null).fetch(CARD);
    assertThat(hub(null).cached(ModelCard.parse("acme/tiny@0123456").orElseThrow()))
        .contains(folder);
    assertThat(hub(null).cached(ModelCard.parse("acme/tiny@012345").orElseThrow())).isEmpty();
  }

  @Test
  void cached_afterFetch_needsNoNetwork() throws IOException {
    assertThat(hub(null).cached(CARD)).isEmpty();
    Path folder = hub(null).fetch(CARD);
    int requests = server.seen.size();
    assertThat(hub(null).cached(CARD)).contains(folder);
    assertThat(hub(null).cached(ModelCard.parse("acme/tiny@" + FakeHub.COMMIT).orElseThrow()))
        .contains(folder);
    assertThat(hub(null).cached(ModelCard.parse("acme/tiny@other").orElseThrow())).isEmpty();
    assertThat(server.seen).hasSize(requests);
  }

  @Test
  void fetch_contentOnAnotherHost_doesNotGetTheToken() throws IOException {
    hub("secret").fetch(CARD);
    assertThat(server.seen)
        .filteredOn(seen -> seen.server().equals("hub"))
        .isNotEmpty()
        .allMatch(seen -> "Bearer secret".equals(seen.token()));
    assertThat(server.seen)
        .filteredOn(seen -> seen.server().equals("contents"))
        .isNotEmpty()
        .allMatch(seen -> seen.token() == null);
  }

  @Test
  void fetch_cutConnections_areResumed() throws IOException {
    server
        .fault("GET /blobs/" + WEIGHTS, FakeHub.cutAfter(100_000))
        .fault("GET /blobs/" + WEIGHTS, FakeHub.cutAfter(50_000));
    hub(null).fetch(CARD);
    assertThat(blob(WEIGHTS)).hasBinaryContent(weights);
    assertThat(server.seen)
        .filteredOn(seen -> seen.path().endsWith("/blobs/" + WEIGHTS))
        .extracting(FakeHub.Seen::range)
        .hasSize(3)
        .first()
        .isNull();
    assertThat(server.seen)
        .filteredOn(seen -> seen.range() != null && seen.server().equals("contents"))
        .hasSize(2)
        .allMatch(seen -> seen.path().endsWith(WEIGHTS));
    assertThat(blob(WEIGHTS).resolveSibling(server.etag(WEIGHTS) + ".incomplete")).doesNotExist();
  }

  @Test
  void fetch_whatAnEarlierProcessLeft_isContinued() throws IOException {
    leave(Arrays.copyOf(weights, 200_000));
    hub(null).fetch(CARD);
    assertThat(blob(WEIGHTS)).hasBinaryContent(weights);
    assertThat(server.seen).anyMatch(seen -> "bytes=200000-".equals(seen.range()));
  }

  @Test
  void fetch_wrongLeftovers_areReplaced() throws IOException {
    leave(new byte[200_000]);
    hub(null).fetch(CARD);
    assertThat(blob(WEIGHTS)).hasBinaryContent(weights);
  }

  @Test
  void fetch_leftoversThatAreTooLong_areReplaced() throws IOException {
    leave(new byte[weights.length + 1]);
    hub(null).fetch(CARD);
    assertThat(blob(WEIGHTS)).hasBinaryContent(weights);
  }

  private void leave(byte[] content) throws IOException {
    Path part = blob(WEIGHTS).resolveSibling(server.etag(WEIGHTS) + ".incomplete");
    Files.createDirectories(part.getParent());
    Files.write(part, content);
  }

  @Test
  void fetch_corruptContent_isRefusedAndNotKept() {
    server.fault("GET /blobs/" + WEIGHTS, FakeHub.corrupt());
    assertThatThrownBy(() -> hub(null).fetch(CARD))
        .isInstanceOf(HubFailure.class)
        .hasMessageContaining("model.safetensors arrives damaged");
    assertThat(blob(WEIGHTS)).doesNotExist();
    assertThat(blob(WEIGHTS).resolveSibling(server.etag(WEIGHTS) + ".incomplete")).doesNotExist();
  }

  @Test
  void fetch_corruptSmallFile_isRefusedToo() {
    server.fault("GET /acme/tiny/resolve/" + FakeHub.COMMIT + "/tokenizer.json", FakeHub.corrupt());
    assertThatThrownBy(() -> hub(null).fetch(CARD))
        .hasMessageContaining("tokenizer.json arrives damaged");
  }

  @Test
  void fetch_tooManyRequests_waitsAsLongAsItIsAsked() throws IOException {
    server
        .fault("/revision/main", FakeHub.status(429, "Retry-After", "7"))
        .fault("GET /blobs/" + WEIGHTS, FakeHub.status(503));
    hub(null).fetch(CARD);
    assertThat(pauses).hasSize(2).first().isEqualTo(Duration.ofSeconds(7));
  }

  @Test
  void fetch_retryAfterAnHour_isNotWaitedFor() {
    server.fault("/revision/main", FakeHub.status(429, "Retry-After", "3600"));
    assertThatThrownBy(() -> hub(null).fetch(CARD))
        .hasMessageContaining("429")
        .hasMessageContaining("3600 s");
    assertThat(pauses).isEmpty();
  }

  @Test
  void fetch_serverThatKeepsFailing_isGivenUp() {
    for (int i = 0; i < 20; i++) {
      server.fault("GET /blobs/" + WEIGHTS, FakeHub.status(500));
    }
    assertThatThrownBy(() -> hub(null).fetch(CARD))
        .hasMessageContaining("model.safetensors")
        .hasMessageContaining("500")
        .hasMessageContaining("tried 5 times");
    assertThat(pauses).hasSize(4);
  }

  @Test
  void fetch_unknownModel_saysSo() {
    ModelCard other = ModelCard.parse("acme/other").orElseThrow();
    assertThatThrownBy(() -> hub(null).fetch(other))
        .hasMessage("there is no model acme/other (404)");
  }

  @Test
  void fetch_answerWithoutEnd_isNotReadToTheEnd() {
    server.fault("/revision/main", FakeHub.endless());
    assertThatThrownBy(() -> hub(null).fetch(CARD))
        .isInstanceOf(HubFailure.class)
        .hasMessageContaining("does not answer with JSON")
        .hasMessageContaining("67108864");
  }

  @Test
  void fetch_unauthorized_namesTheToken() {
    server
        .fault("/revision/main", FakeHub.status(401))
        .fault("/revision/main", FakeHub.status(403));
    assertThatThrownBy(() -> hub(null).fetch(CARD))
        .isInstanceOfSatisfying(
            HubFailure.class, failure -> assertThat(failure.advice()).contains("set HF_TOKEN"))
        .hasMessageContaining("(401)");
    assertThatThrownBy(() -> hub("wrong").fetch(CARD))
        .hasMessage("HF_TOKEN may not read acme/tiny (403)");
  }

  @Test
  void fetch_gatedModel_namesItsPage() {
    server.fault("/revision/main", FakeHub.status(403, "X-Error-Code", "GatedRepo"));
    assertThatThrownBy(() -> hub("good").fetch(CARD))
        .isInstanceOfSatisfying(
            HubFailure.class,
            failure -> assertThat(failure.advice()).contains(server.endpoint() + "/acme/tiny"));
  }

  @Test
  void fetch_unreachableHub_failsAtOnce() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    Hub nowhere = hub(URI.create("http://127.0.0.1:" + port), null);
    assertThatThrownBy(() -> nowhere.fetch(CARD)).hasMessageContaining("cannot be reached");
    assertThat(pauses).isEmpty();
  }

  @Test
  void fetch_twoAtOnce_downloadOnce() {
    List<Path> found =
        List.of(1, 2).stream()
            .map(i -> CompletableFuture.supplyAsync(() -> fetchUnchecked(hub(null))))
            .toList()
            .stream()
            .map(CompletableFuture::join)
            .toList();
    assertThat(found.get(0)).isEqualTo(found.get(1));
    assertThat(server.seen).filteredOn(seen -> seen.path().equals("/blobs/" + WEIGHTS)).hasSize(1);
  }

  private static Path fetchUnchecked(Hub hub) {
    try {
      return hub.fetch(CARD);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void fetch_shardedModel_takesTheShardsThatItsIndexLists() throws IOException {
    server
        .without(WEIGHTS)
        .small(
            INDEX,
            "{\"weight_map\": {\"a\": \"model-1.safetensors\", \"b\": \"model-2.safetensors\"}}")
        .large("model-1.safetensors", new byte[] {1})
        .large("model-2.safetensors", new byte[] {2})
        .large("consolidated.safetensors", new byte[] {3});
    Path folder = hub(null).fetch(CARD);
    assertThat(folder.resolve("model-1.safetensors")).exists();
    assertThat(folder.resolve("model-2.safetensors")).exists();
    assertThat(folder.resolve("consolidated.safetensors")).doesNotExist();
    assertThat(folder.resolve("pytorch_model.bin")).doesNotExist();
    assertThat(hub(null).cached(CARD)).contains(folder);
    Files.delete(folder.resolve("model-2.safetensors"));
    assertThat(hub(null).cached(CARD)).isEmpty();
  }

  @Test
  void fetch_oneFileBesideShards_isWhatIsOpenedAndTaken() throws IOException {
    server
        .small(INDEX, "{\"weight_map\": {\"a\": \"model-1.safetensors\"}}")
        .large("model-1.safetensors", new byte[] {1});
    Path folder = hub(null).fetch(CARD);
    assertThat(folder.resolve(WEIGHTS)).exists();
    assertThat(folder.resolve("model-1.safetensors")).doesNotExist();
    assertThat(hub(null).cached(CARD)).contains(folder);
  }

  @Test
  void fetch_indexThatIsDamaged_isNamed() {
    server.without(WEIGHTS).small(INDEX, "{\"weight_map\": ");
    assertThatThrownBy(() -> hub(null).fetch(CARD))
        .isInstanceOfSatisfying(
            HubFailure.class, failure -> assertThat(failure.advice()).contains("delete it"))
        .hasMessageContaining(INDEX + ": is not valid JSON");
  }

  @Test
  void fetch_splitGguf_takesAllParts() throws IOException {
    try (FakeHub ggufs = new FakeHub()) {
      ggufs
          .large("m-00001-of-00002.gguf", new byte[] {1})
          .large("m-00002-of-00002.gguf", new byte[] {2});
      Hub hub = hub(ggufs.endpoint(), null);
      Path first = hub.fetch(CARD);
      assertThat(first.getFileName()).hasToString("m-00001-of-00002.gguf");
      assertThat(first.resolveSibling("m-00002-of-00002.gguf")).exists();
      assertThat(hub.cached(CARD)).contains(first);
      Files.delete(first.resolveSibling("m-00002-of-00002.gguf"));
      assertThat(hub.cached(CARD)).isEmpty();
      ModelCard second = ModelCard.parse("acme/tiny/m-00002-of-00002.gguf").orElseThrow();
      assertThat(hub.fetch(second)).isEqualTo(first);
    }
  }

  @Test
  void fetch_oneFileOfARepository_isThatFile() throws IOException {
    server.large("gguf/tiny.Q8_0.gguf", new byte[] {4, 5});
    ModelCard file = ModelCard.parse("acme/tiny/gguf/tiny.Q8_0.gguf").orElseThrow();
    Path path = hub(null).fetch(file);
    assertThat(path).hasBinaryContent(new byte[] {4, 5});
    assertThat(Files.readSymbolicLink(path))
        .isEqualTo(Path.of("../../../blobs", server.etag("gguf/tiny.Q8_0.gguf")));
    assertThat(hub(null).cached(file)).contains(path);
  }

  @Test
  void fetch_repositoryOfGgufFiles_needsANameUnlessThereIsOne() throws IOException {
    try (FakeHub ggufs = new FakeHub()) {
      ggufs.small("config.json", "{}").large("a.gguf", new byte[] {1});
      Hub hub = hub(ggufs.endpoint(), null);
      Path only = hub.fetch(CARD);
      assertThat(only.getFileName()).hasToString("a.gguf");
      assertThat(hub.cached(CARD)).contains(only);
      ggufs.large("b.gguf", new byte[] {2});
      assertThatThrownBy(() -> hub.fetch(CARD))
          .hasMessageContaining("a.gguf, b.gguf")
          .isInstanceOfSatisfying(
              HubFailure.class,
              failure -> assertThat(failure.advice()).contains("acme/tiny/a.gguf"));
    }
  }

  @Test
  void fetch_namesThatLeadOutOfTheCache_areRefused() {
    server
        .without(WEIGHTS)
        .small(INDEX, "{\"weight_map\": {\"a\": \"../../../../evil.safetensors\"}}");
    assertThatThrownBy(() -> hub(null).fetch(CARD)).hasMessageContaining("names files oddly");
    assertThat(cache.resolve("evil.safetensors")).doesNotExist();
    assertThat(cache.resolveSibling("evil.safetensors")).doesNotExist();
  }
}
