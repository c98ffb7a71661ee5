package io.millrace.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * A writer of Hugging Face's cache as its own client lays it out: contents in {@code blobs}, links
 * to them in {@code snapshots/COMMIT}, commits of branches in {@code refs}.
 *
 * @param root the cache
 * @param links false as on Windows, where the contents lie in the snapshots themselves
 */
public record HubCacheWriter(Path root, boolean links) {

  /** The folder of a repository. */
  public Path repository(String name) {
    return root.resolve("models--" + name.replace("/", "--"));
  }

  /** The folder of a commit. */
  public Path snapshot(String name, String commit) {
    return repository(name).resolve("snapshots").resolve(commit);
  }

  /** Adds a file; equal contents are one blob. */
  public HubCacheWriter file(String name, String commit, String file, byte[] content)
      throws IOException {
    Path path = snapshot(name, commit).resolve(file);
    Path folder = Objects.requireNonNull(path.getParent());
    Files.createDirectories(folder);
    if (!links) {
      Files.write(path, content);
      return this;
    }
    Path blob = blob(name, content);
    Files.createDirectories(blob.getParent());
    Files.write(blob, content);
    Files.createSymbolicLink(path, folder.relativize(blob));
    return this;
  }

  /** Adds a file of text. */
  public HubCacheWriter text(String name, String commit, String file, String content)
      throws IOException {
    return file(name, commit, file, content.getBytes(StandardCharsets.UTF_8));
  }

  /** Adds all files of a folder, such as {@link TinyCheckpoint#writeTo} fills. */
  public HubCacheWriter folder(String name, String commit, Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        file(name, commit, file.getFileName().toString(), Files.readAllBytes(file));
      }
    }
    return this;
  }

  /** Has a branch stand for a commit. */
  public HubCacheWriter ref(String name, String branch, String commit) throws IOException {
    Path ref = repository(name).resolve("refs").resolve(branch);
    Files.createDirectories(ref.getParent());
    Files.writeString(ref, commit);
    return this;
  }

  /** Leaves a part of a download. */
  public HubCacheWriter incomplete(String name, String etag, int bytes) throws IOException {
    Path part = repository(name).resolve("blobs").resolve(etag + ".incomplete");
    Files.createDirectories(part.getParent());
    Files.write(part, new byte[bytes]);
    return this;
  }

  /** Where a content lies if it is a blob. */
  public Path blob(String name, byte[] content) {
    return repository(name).resolve("blobs").resolve(FakeHub.sha256(content));
  }
}
