package io.millrace.api.files;

import io.millrace.api.error.RequestFailed;
import io.millrace.api.options.ApiOptions;
import io.millrace.cli.StartFailure;
import io.millrace.protocol.FailureKind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.util.FileSystemUtils;

/**
 * The folder of files and batches, which the apis of an installation share. Whatever appears in it
 * is complete: it is made under {@code tmp}, and then moved to its place at once.
 */
@Component
public final class FilesFolder {
  /** After which whoever began what lies under {@code tmp} has ended. */
  private static final Duration ABANDONED = Duration.ofDays(1);

  private final @Nullable Path root;

  FilesFolder(ApiOptions options) {
    root = options.batches().path();
    if (root != null) {
      make(root);
    }
  }

  private static void make(Path root) {
    try {
      for (String part : List.of("files", "batches", "tmp")) {
        Files.createDirectories(root.resolve(part));
      }
      Files.delete(Files.createTempFile(root.resolve("tmp"), "start", null));
    } catch (IOException e) {
      throw new StartFailure("--files-path: cannot write to %s: %s".formatted(root, e), e);
    }
  }

  /** Whether there is one. */
  public boolean isThere() {
    return root != null;
  }

  Path files() {
    return root().resolve("files");
  }

  /** Where batches are. */
  public Path batches() {
    return root().resolve("batches");
  }

  private Path tmp() {
    return root().resolve("tmp");
  }

  /**
   * The folder itself.
   *
   * @throws RequestFailed if there is none
   */
  private Path root() {
    if (root == null) {
      throw new RequestFailed(
          FailureKind.NOT_FOUND,
          "there are no files and batches here: the api was started without --files-path");
    }
    return root;
  }

  /** A path that nobody else has, for what is to be moved to its place. */
  public Path temporary() {
    return tmp().resolve(UUID.randomUUID().toString());
  }

  /** Moves what was made under {@code tmp}; what is at its place is replaced. */
  public void publish(Path made, Path place) throws IOException {
    if (Files.isRegularFile(made)) {
      try (FileChannel file = FileChannel.open(made, StandardOpenOption.WRITE)) {
        file.force(true);
      }
    }
    Files.move(made, place, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Writes a file that readers see as it was before, or as it is now. */
  public void write(Path place, byte[] content) throws IOException {
    Path made = temporary();
    Files.write(made, content);
    publish(made, place);
  }

  /** Deletes what was begun by processes that have ended before it was complete. */
  public void sweep() throws IOException {
    Instant abandoned = Instant.now().minus(ABANDONED);
    for (Path each : list(tmp())) {
      if (Files.getLastModifiedTime(each).toInstant().isBefore(abandoned)) {
        FileSystemUtils.deleteRecursively(each);
      }
    }
  }

  /** What is in a folder. */
  public static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> paths = Files.list(folder)) {
      return paths.toList();
    }
  }
}
