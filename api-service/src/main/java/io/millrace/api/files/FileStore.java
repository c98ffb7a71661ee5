package io.millrace.api.files;

import io.millrace.api.error.RequestFailed;
import io.millrace.protocol.Excerpt;
import io.millrace.protocol.FailureKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * The files of an installation: content and, beside it, what is known of it. A file is there once
 * its description is. Its methods wait for the disk; what goes wrong there is an {@link
 * UncheckedIOException}.
 */
@Component
public final class FileStore {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Pattern ID = Pattern.compile("file-[0-9a-f]{32}");
  private static final String DESCRIPTION = ".json";

  private final FilesFolder folder;

  FileStore(FilesFolder folder) {
    this.folder = folder;
  }

  /** An id that no file has. */
  static String newId() {
    return id(UUID.randomUUID());
  }

  /** The id of a file that stays the same however often it is made. */
  public static String id(UUID uuid) {
    return "file-" + uuid.toString().replace("-", "");
  }

  /**
   * Adds a file.
   *
   * @param content is moved, unless it was before by whoever did not come to describe it
   */
  public void add(StoredFile file, Path content) {
    try {
      if (Files.exists(content)) {
        folder.publish(content, content(file.id()));
      }
      folder.write(description(file.id()), JSON.writeValueAsBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path description(String id) {
    return folder.files().resolve(id + DESCRIPTION);
  }

  /** Where the content of a file is. */
  public Path content(String id) {
    return folder.files().resolve(id);
  }

  /** A file that is there. */
  public Optional<StoredFile> find(String id) {
    Path description = ID.matcher(id).matches() ? description(id) : null;
    // Without a folder that is said, whatever the id.
    folder.files();
    return description == null
        ? Optional.empty()
        : read(description).filter(file -> !file.isExpired(Instant.now()));
  }

  /**
   * The same.
   *
   * @throws RequestFailed if there is none
   */
  StoredFile require(String id) {
    return find(id)
        .orElseThrow(
            () ->
                new RequestFailed(
                    FailureKind.NOT_FOUND,
                    "there is no file \"%s\"".formatted(Excerpt.of(id)),
                    "file_id"));
  }

  private static Optional<StoredFile> read(Path description) {
    try {
      return Optional.of(JSON.readValue(Files.readAllBytes(description), StoredFile.class));
    } catch (NoSuchFileException gone) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All files that are there, the oldest first. */
  List<StoredFile> list() {
    Instant now = Instant.now();
    List<StoredFile> files = new ArrayList<>(described());
    files.removeIf(file -> file.isExpired(now));
    files.sort(Comparator.comparing(StoredFile::createdAt).thenComparing(StoredFile::id));
    return files;
  }

  private List<StoredFile> described() {
    try {
      return FilesFolder.list(folder.files()).stream()
          .filter(path -> path.getFileName().toString().endsWith(DESCRIPTION))
          .flatMap(path -> read(path).stream())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Deletes a file; whoever reads it can go on. */
  void delete(String id) {
    try {
      Files.deleteIfExists(description(id));
      Files.deleteIfExists(content(id));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Deletes the files whose time has passed. */
  public void sweep() {
    Instant now = Instant.now();
    described().stream().filter(file -> file.isExpired(now)).forEach(file -> delete(file.id()));
  }
}
