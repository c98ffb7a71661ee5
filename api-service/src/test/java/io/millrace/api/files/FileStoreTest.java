package io.millrace.api.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.api.error.RequestFailed;
import io.millrace.api.options.ApiOptions;
import io.millrace.cli.StartFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class FileStoreTest {
  @TempDir Path root;
  private FilesFolder folder;
  private FileStore store;

  @BeforeEach
  void start() {
    folder = folder("--files-path=" + root);
    store = new FileStore(folder);
  }

  private static FilesFolder folder(String... flags) {
    ApiOptions options = new ApiOptions();
    new CommandLine(options).parseArgs(flags);
    return new FilesFolder(options);
  }

  @Test
  void file_isThereOnceItIsDescribed_andUntilItsTimePasses() throws Exception {
    StoredFile kept = add(null);
    StoredFile expired = add(Instant.now().minusSeconds(1));
    Files.writeString(store.content(FileStore.newId()), "not described");

    assertThat(store.find(kept.id())).contains(kept);
    assertThat(store.find(expired.id())).isEmpty();
    assertThat(store.list()).containsExactly(kept);
    store.sweep();
    assertThat(store.content(expired.id())).doesNotExist();
    assertThat(store.content(kept.id())).hasContent("text");
    store.delete(kept.id());
    assertThat(store.list()).isEmpty();
  }

  @Test
  void file_canBeAddedAgain() throws Exception {
    StoredFile file = add(null);
    store.add(file, folder.temporary());

    assertThat(store.find(file.id())).contains(file);
    assertThat(store.content(file.id())).hasContent("text");
  }

  @Test
  void idsThatAreNone_areNotLookedFor() {
    for (String id : new String[] {"", "../files", "file-1", "file-" + "Z".repeat(32)}) {
      assertThat(store.find(id)).isEmpty();
    }
  }

  @Test
  void sweep_deletesWhatWasAbandoned() throws Exception {
    Path old = Files.createDirectory(folder.temporary());
    Files.writeString(old.resolve("input"), "text");
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(90_000)));
    Path fresh = Files.createFile(folder.temporary());
    folder.sweep();

    assertThat(old).doesNotExist();
    assertThat(fresh).exists();
  }

  @Test
  void withoutAFolder_thereAreNoFiles() {
    assertThatThrownBy(() -> new FileStore(folder()).find("file-1"))
        .isInstanceOf(RequestFailed.class)
        .hasMessageContaining("without --files-path");
    assertThatThrownBy(() -> folder("--files-path=/proc/nothing"))
        .isInstanceOf(StartFailure.class)
        .hasMessageContaining("--files-path: cannot write to /proc/nothing");
  }

  private StoredFile add(@Nullable Instant expiresAt) throws Exception {
    StoredFile file =
        new StoredFile(
            FileStore.newId(), "rows.jsonl", StoredFile.BATCH, 4, Instant.now(), expiresAt);
    Path content = folder.temporary();
    Files.writeString(content, "text");
    store.add(file, content);
    return file;
  }
}
