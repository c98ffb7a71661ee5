package io.millrace.models.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testing.HubCacheWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CacheRemovalTest {
  private static final String NAME = "acme/tiny";
  private static final String ONE = "1111111111111111111111111111111111111111";
  private static final String TWO = "2222222222222222222222222222222222222222";
  private static final String DEFAULT_MODEL = "HuggingFaceTB/SmolLM2-135M-Instruct";
  private static final byte[] TOKENIZER = "{\"same\":1}".getBytes(StandardCharsets.UTF_8);
  private static final byte[] OLD = new byte[1000];
  private static final byte[] NEW = new byte[2000];

  @TempDir private Path folder;

  private ModelCache cache() {
    Map<String, String> environment =
        Map.of(
            "HF_HUB_CACHE", folder.resolve("hub").toString(),
            "MILLRACE_HOME", folder.resolve("millrace").toString());
    return ModelCache.of(environment, folder, DEFAULT_MODEL);
  }

  private CacheRemoval removal(String name) throws IOException {
    List<CacheRemoval> removals = cache().removals(name, false);
    assertThat(removals).hasSize(1);
    return removals.get(0);
  }

  private HubCacheWriter writer(boolean links) {
    return new HubCacheWriter(folder.resolve("hub"), links);
  }

  /** Two revisions that share their tokenizer. */
  private HubCacheWriter twoRevisions(boolean links) throws IOException {
    return writer(links)
        .text(NAME, ONE, "config.json", "{}")
        .file(NAME, ONE, "tokenizer.json", TOKENIZER)
        .file(NAME, ONE, "model.safetensors", OLD)
        .ref(NAME, "v1", ONE)
        .text(NAME, TWO, "config.json", "{ }")
        .file(NAME, TWO, "tokenizer.json", TOKENIZER)
        .file(NAME, TWO, "model.safetensors", NEW)
        .ref(NAME, "main", TWO);
  }

  @Test
  void run_oneOfTwoRevisions_leavesWhatTheOtherNeeds() throws IOException {
    HubCacheWriter writer = twoRevisions(true);
    CacheRemoval removal = removal(NAME + "@v1");
    assertThat(removal.what()).isEqualTo("acme/tiny at 1111111");
    assertThat(removal.stays()).isEqualTo("1 other revision of acme/tiny");
    assertThat(removal.bytes()).isEqualTo(1002 + ONE.length());
    assertThat(removal.run()).isEqualTo(1002 + ONE.length());
    assertThat(writer.snapshot(NAME, ONE)).doesNotExist();
    assertThat(writer.repository(NAME).resolve("refs/v1")).doesNotExist();
    assertThat(writer.blob(NAME, OLD)).doesNotExist();
    assertThat(writer.repository(NAME).resolve("refs/main")).hasContent(TWO);
    assertThat(writer.snapshot(NAME, TWO).resolve("tokenizer.json")).hasBinaryContent(TOKENIZER);
    assertThat(writer.snapshot(NAME, TWO).resolve("model.safetensors")).hasBinaryContent(NEW);
  }

  @Test
  void run_plainFiles_freesThoseOfTheRevision() throws IOException {
    HubCacheWriter writer = twoRevisions(false);
    assertThat(removal(NAME).run()).isEqualTo(2003 + TOKENIZER.length + TWO.length());
    assertThat(writer.snapshot(NAME, TWO)).doesNotExist();
    assertThat(writer.snapshot(NAME, ONE).resolve("tokenizer.json")).hasBinaryContent(TOKENIZER);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void run_lastRevision_takesTheRepositoryAlong(boolean links) throws IOException {
    HubCacheWriter writer = twoRevisions(links).incomplete(NAME, "abc", 50);
    removal(NAME).run();
    CacheRemoval last = removal(NAME);
    assertThat(last.what()).isEqualTo("acme/tiny at 1111111");
    assertThat(last.stays()).isEmpty();
    assertThat(last.run()).isGreaterThanOrEqualTo(1052 + TOKENIZER.length);
    assertThat(writer.repository(NAME)).doesNotExist();
    assertThat(cache().models()).isEmpty();
  }

  @Test
  void run_allRevisions_takesTheRepository() throws IOException {
    HubCacheWriter writer = twoRevisions(true);
    CacheRemoval all = cache().removals(NAME, true).get(0);
    assertThat(all.what()).isEqualTo("acme/tiny (2 revisions)");
    all.run();
    assertThat(writer.repository(NAME)).doesNotExist();
  }

  @Test
  void run_abbreviatedCommit_isEnough() throws IOException {
    HubCacheWriter writer = twoRevisions(true);
    removal(NAME + "@1111111").run();
    assertThat(writer.snapshot(NAME, ONE)).doesNotExist();
    assertThat(writer.snapshot(NAME, TWO)).exists();
  }

  @Test
  void run_oneGgufOfSeveral_leavesTheOthers() throws IOException {
    HubCacheWriter writer =
        writer(true)
            .file(NAME, ONE, "a-00001-of-00002.gguf", OLD)
            .file(NAME, ONE, "a-00002-of-00002.gguf", NEW)
            .file(NAME, ONE, "b.gguf", new byte[7])
            .text(NAME, ONE, "README.md", "# tiny")
            .ref(NAME, "main", ONE);
    assertThat(removal(NAME + "/a-00001-of-00002.gguf").run()).isEqualTo(3000);
    assertThat(writer.blob(NAME, OLD)).doesNotExist();
    assertThat(writer.snapshot(NAME, ONE).resolve("b.gguf")).exists();
    assertThat(writer.snapshot(NAME, ONE).resolve("README.md")).exists();
    removal(NAME + "/b.gguf").run();
    assertThat(writer.repository(NAME)).doesNotExist();
  }

  @Test
  void run_whatWasOnlyBegun_goesToo() throws IOException {
    HubCacheWriter writer = writer(true).incomplete(NAME, "abc", 50);
    assertThat(removal(NAME).what()).isEqualTo("acme/tiny (a download that has not ended)");
    assertThat(removal(NAME).run()).isEqualTo(50);
    assertThat(writer.repository(NAME)).doesNotExist();
  }

  @Test
  void run_theDefaultOnesPackage_goesByTheWordDefault() throws IOException {
    Path models = Files.createDirectories(folder.resolve("millrace/models"));
    Path file = Files.write(models.resolve("SmolLM2-135M-Instruct.Q4_1.gguf"), new byte[9]);
    assertThat(removal("default").run()).isEqualTo(9);
    assertThat(file).doesNotExist();
  }

  @Test
  void run_duringADownload_isRefused() throws Exception {
    HubCacheWriter writer = twoRevisions(true);
    CacheRemoval removal = removal(NAME);
    HubCache repository = new HubCache(folder.resolve("hub"), NAME);
    try (CacheLock lock = CacheLock.acquire(repository.lockFile())) {
      CompletableFuture<Long> other =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return removal.run();
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      assertThatThrownBy(other::get)
          .hasRootCauseMessage(
              "acme/tiny stays: it is being downloaded: somebody holds the lock "
                  + repository.lockFile());
      assertThatThrownBy(removal::run).hasMessageContaining("it is being downloaded");
    }
    assertThat(writer.snapshot(NAME, TWO).resolve("model.safetensors")).exists();
    removal.run();
    assertThat(writer.snapshot(NAME, TWO)).doesNotExist();
  }

  @Test
  void removals_revisionsWithoutMain_mustBeNamed() throws IOException {
    writer(true).file(NAME, ONE, "a.gguf", OLD).file(NAME, TWO, "a.gguf", NEW);
    assertThatThrownBy(() -> cache().removals(NAME, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "acme/tiny has several revisions and none is main; name one, such as acme/tiny@1111111,"
                + " or give --all-revisions: 1111111, 2222222");
    assertThatThrownBy(() -> cache().removals(NAME + "@v9", false))
        .hasMessage("acme/tiny has no revision v9 in the cache; there is 1111111, 2222222");
    assertThatThrownBy(() -> cache().removals(NAME + "/b.gguf@1111111", false))
        .hasMessage("there is no b.gguf of acme/tiny in the cache; there is a.gguf");
  }

  @Test
  void removals_pathsAndUnknownNames_areRefused() throws IOException {
    twoRevisions(true);
    Path own = Files.createDirectories(folder.resolve("mine"));
    assertThatThrownBy(() -> cache().removals(own.toString(), false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is a file or folder of yours");
    Path cached = writer(true).snapshot(NAME, ONE);
    assertThatThrownBy(() -> cache().removals(cached.toString(), false))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> cache().removals("acme/tinny", false))
        .hasMessageEndingWith("; there is acme/tiny, acme/tiny@v1");
    for (String name : List.of("..", "../tiny", "acme/../..", "", ".", "acme/tiny@../main")) {
      assertThatThrownBy(() -> cache().removals(name, false))
          .as(name)
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(own).exists();
    assertThat(cached).exists();
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void run_linksThatLeadOutOfTheCache_areNotFollowed() throws IOException {
    Path outside = Files.createDirectories(folder.resolve("outside"));
    Path file = Files.write(outside.resolve("model.safetensors"), OLD);
    HubCacheWriter writer = twoRevisions(true);
    Path snapshot = writer.snapshot(NAME, ONE);
    Files.createSymbolicLink(snapshot.resolve("folder"), outside);
    Files.createSymbolicLink(snapshot.resolve("more.safetensors"), file);
    removal(NAME + "@v1").run();
    assertThat(snapshot).doesNotExist();
    assertThat(file).hasBinaryContent(OLD);
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void removals_repositoryThatIsALink_isRefused() throws IOException {
    HubCacheWriter elsewhere = new HubCacheWriter(folder.resolve("disk"), true);
    elsewhere.file(NAME, ONE, "a.gguf", OLD).ref(NAME, "main", ONE);
    Files.createDirectories(folder.resolve("hub"));
    Path link = writer(true).repository(NAME);
    Files.createSymbolicLink(link, elsewhere.repository(NAME));
    assertThatThrownBy(() -> cache().removals(NAME, false))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("leads out of the cache");
    Files.delete(link);
    twoRevisions(true);
    Path blobs = link.resolve("blobs");
    Files.move(blobs, folder.resolve("blobs"));
    Files.createSymbolicLink(blobs, folder.resolve("blobs"));
    assertThatThrownBy(() -> cache().removals(NAME + "@v1", false))
        .hasMessageContaining("leads out of the cache");
    try (Stream<Path> kept = Files.list(folder.resolve("blobs"))) {
      assertThat(kept).hasSize(5);
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void run_cacheThatIsALinkItself_isTheCache() throws IOException {
    Path disk = Files.createDirectories(folder.resolve("disk"));
    Files.createSymbolicLink(folder.resolve("hub"), disk);
    twoRevisions(true);
    removal(NAME + "@v1").run();
    removal(NAME).run();
    assertThat(disk.resolve("models--acme--tiny")).doesNotExist();
  }
}
