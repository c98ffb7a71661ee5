package io.millrace.api.batches;

import io.millrace.api.error.RequestFailed;
import io.millrace.api.files.FileStore;
import io.millrace.api.files.FilesFolder;
import io.millrace.api.files.StoredFile;
import io.millrace.protocol.Excerpt;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.Invalid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The batches of an installation. Its methods wait for the disk. */
@Component
final class BatchStore {
  private static final Pattern ID = Pattern.compile("batch_[0-9a-f]{32}");

  private final FilesFolder folder;
  private final FileStore files;

  BatchStore(FilesFolder folder, FileStore files) {
    this.folder = folder;
    this.files = files;
  }

  /**
   * Stores a new batch with an input of its own, which stays whatever becomes of the file.
   *
   * @param traceparent the trace of whoever asks for it; null for none
   * @throws Invalid if there is no such file
   */
  BatchFolder create(BatchFields fields, @Nullable String traceparent) throws IOException {
    StoredFile input = input(fields.inputFileId());
    BatchRecord batch = BatchRecord.of(fields, Instant.now(), traceparent);
    Path made = Files.createDirectory(folder.temporary());
    link(files.content(input.id()), made.resolve(BatchFolder.INPUT));
    Files.write(made.resolve(BatchFolder.RECORD), BatchFolder.encode(batch));
    Path place = folder.batches().resolve(batch.id());
    folder.publish(made, place);
    return new BatchFolder(folder, place);
  }

  private StoredFile input(String id) {
    StoredFile file =
        files
            .find(id)
            .orElseThrow(
                () ->
                    new Invalid(
                        "input_file_id",
                        "input_file_id must be the id of a file, but there is no \"%s\""
                            .formatted(Excerpt.of(id))));
    if (!file.purpose().equals(StoredFile.BATCH)) {
      throw new Invalid(
          "input_file_id",
          "input_file_id must be of a file whose purpose is \"%s\", but that of %s is \"%s\""
              .formatted(StoredFile.BATCH, id, file.purpose()));
    }
    return file;
  }

  private static void link(Path content, Path input) throws IOException {
    try {
      Files.createLink(input, content);
    } catch (IOException | UnsupportedOperationException notHere) {
      Files.copy(content, input);
    }
  }

  /**
   * A batch.
   *
   * @throws RequestFailed if there is none
   */
  BatchFolder require(String id) {
    Path place = folder.batches().resolve(ID.matcher(id).matches() ? id : "none");
    if (!Files.isDirectory(place)) {
      throw new RequestFailed(
          FailureKind.NOT_FOUND, "there is no batch \"%s\"".formatted(Excerpt.of(id)), "batch_id");
    }
    return new BatchFolder(folder, place);
  }

  /** All batches, the latest first. */
  List<Batch> list() throws IOException {
    List<Batch> batches = new ArrayList<>();
    // Without a folder that is said.
    folder.batches();
    for (BatchFolder each : folders()) {
      batches.add(each.view());
    }
    batches.sort(Comparator.comparing(Batch::createdAt).thenComparing(Batch::id).reversed());
    return batches;
  }

  /** Those of all batches; none where there are no files. */
  List<BatchFolder> folders() throws IOException {
    return folder.isThere()
        ? FilesFolder.list(folder.batches()).stream()
            .map(path -> new BatchFolder(folder, path))
            .toList()
        : List.of();
  }

  /**
   * Makes a file of what a batch gives back, once however often it is called.
   *
   * @param expiresAt null for never
   * @param content is moved
   */
  void publish(String id, String filename, Instant now, @Nullable Instant expiresAt, Path content)
      throws IOException {
    Path there = Files.exists(content) ? content : files.content(id);
    long bytes = Files.size(there);
    files.add(
        new StoredFile(id, filename, StoredFile.BATCH_OUTPUT, bytes, now, expiresAt), content);
  }

  /** Deletes files whose time has passed, and what was left by processes that have ended. */
  void sweep() throws IOException {
    if (folder.isThere()) {
      files.sweep();
      folder.sweep();
    }
  }
}
