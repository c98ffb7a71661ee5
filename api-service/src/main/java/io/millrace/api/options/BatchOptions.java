package io.millrace.api.options;

import io.millrace.cli.DataSizeConverter;
import io.millrace.cli.Flags;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags of files and batches: where they are kept, and how large they may be. */
public final class BatchOptions {
  private static final long DEFAULT_FILE_BYTES = 200L << 20;

  @Option(
      names = "--files-path",
      paramLabel = "FOLDER",
      description =
          "Where files and batches are kept; apis of one installation share it, by a volume with"
              + " file locks. Without it there are no /v1/files and /v1/batches, but 'serve' keeps"
              + " them beside --data-dir, under its name and '-files'.")
  private @Nullable Path path;

  @Option(
      names = "--max-file-bytes",
      paramLabel = "SIZE",
      defaultValue = "200MB",
      converter = DataSizeConverter.class,
      description =
          "How large an uploaded file may be; it must arrive within --body-timeout (default:"
              + " ${DEFAULT-VALUE}).")
  private long maxFileBytes = DEFAULT_FILE_BYTES;

  @Option(
      names = "--max-batch-lines",
      paramLabel = "N",
      defaultValue = "50000",
      description = "How many requests a batch may have (default: ${DEFAULT-VALUE}).")
  private int maxLines = 50_000;

  @Option(
      names = "--batch-window",
      paramLabel = "N",
      defaultValue = "100",
      description =
          "How many requests of a batch are in the queue or on workers at once (default:"
              + " ${DEFAULT-VALUE}).")
  private int window = 100;

  /** Where files are kept; null for nowhere. */
  public @Nullable Path path() {
    return path;
  }

  /** Keeps files in a folder unless a flag names another one. */
  public void defaultPath(Path otherwise) {
    if (path == null) {
      path = otherwise;
    }
  }

  /** How large an uploaded file may be. */
  public long maxFileBytes() {
    return maxFileBytes;
  }

  /** How many requests a batch may have. */
  public int maxLines() {
    return maxLines;
  }

  /** How many requests of a batch are under way at once. */
  public int window() {
    return window;
  }

  void validate() {
    Flags.require(maxFileBytes >= 1, "--max-file-bytes", "at least 1 byte", maxFileBytes);
    Flags.requireAtLeast("--max-batch-lines", 1, maxLines);
    Flags.requireAtLeast("--batch-window", 1, window);
  }
}
