package io.millrace.models.hub;

import io.millrace.models.weights.ModelFiles;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One repository in Hugging Face's cache, in the layout that its own client keeps: contents in
 * {@code blobs} under their hashes, {@code snapshots/COMMIT} full of links to them, and in {@code
 * refs} the commit that each branch or tag was last seen at.
 *
 * @see <a href="https://huggingface.co/docs/huggingface_hub/guides/manage-cache">the layout</a>
 */
final class HubCache {
  /** For looking at a link itself, not at what it leads to. */
  static final LinkOption[] NO_LINKS = {LinkOption.NOFOLLOW_LINKS};

  private static final Pattern ABBREVIATED = Pattern.compile("[0-9a-f]{7,39}");

  private final Path root;
  private final Path repository;

  HubCache(Path root, String repository) {
    this.root = root;
    this.repository = root.resolve(folderName(repository));
  }

  private static String folderName(String repository) {
    return "models--" + repository.replace("/", "--");
  }

  /** The folder of the commit that a revision stands for, if anything of it was ever fetched. */
  Optional<Path> snapshot(String revision) throws IOException {
    Path ref = ref(revision);
    String commit = Files.isRegularFile(ref) ? Files.readString(ref).strip() : revision;
    Path folder = inside(repository.resolve("snapshots"), commit);
    return Files.isDirectory(folder) ? Optional.of(folder) : abbreviated(commit);
  }

  /** The only commit that begins so. */
  private Optional<Path> abbreviated(String commit) throws IOException {
    if (!ABBREVIATED.matcher(commit).matches()) {
      return Optional.empty();
    }
    List<Path> all =
        snapshots().stream()
            .filter(snapshot -> snapshot.getFileName().toString().startsWith(commit))
            .toList();
    return all.size() == 1 ? Optional.of(all.get(0)) : Optional.empty();
  }

  /** The folder of the cache. */
  Path root() {
    return root;
  }

  /** The folder of the repository, which need not be there. */
  Path folder() {
    return repository;
  }

  /** The folder of the contents. */
  Path blobs() {
    return repository.resolve("blobs");
  }

  /** The folders of all commits of which anything was ever fetched. */
  List<Path> snapshots() throws IOException {
    return list(repository.resolve("snapshots")).stream().filter(Files::isDirectory).toList();
  }

  /** The commits of the branches and tags by their names. */
  Map<String, String> refs() throws IOException {
    Path folder = refsFolder();
    if (!Files.isDirectory(folder)) {
      return Map.of();
    }
    Map<String, String> refs = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        refs.put(slashed(folder.relativize(file)), Files.readString(file).strip());
      }
    }
    return refs;
  }

  private Path refsFolder() {
    return repository.resolve("refs");
  }

  /** The file that remembers the commit of a branch or tag. */
  Path ref(String name) {
    return inside(refsFolder(), name);
  }

  /** What lies in a folder, by name; nothing if it is not there. */
  static List<Path> list(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  Path snapshotOf(String commit) {
    return inside(repository.resolve("snapshots"), commit);
  }

  Path file(String commit, String name) {
    return inside(snapshotOf(commit), name);
  }

  Path blob(String etag) {
    return inside(blobs(), etag);
  }

  /** The file that whoever adds to this repository holds a lock on. */
  Path lockFile() {
    return root.resolve(".locks").resolve(repository.getFileName()).resolve("millrace.lock");
  }

  /** Remembers the commit of a branch or tag. */
  void setRef(String revision, String commit) throws IOException {
    if (revision.equals(commit)) {
      return;
    }
    Path ref = ref(revision);
    Files.createDirectories(ref.getParent());
    Path temporary = Files.createTempFile(ref.getParent(), ".ref", null);
    Files.writeString(temporary, commit);
    Files.move(temporary, ref, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Makes a file of a commit appear in its snapshot. */
  void link(String commit, String name, String etag) throws IOException {
    Path file = file(commit, name);
    Path blob = blob(etag);
    if (Files.exists(file) && Files.isSameFile(file, blob)) {
      return;
    }
    Path folder = Objects.requireNonNull(file.getParent());
    Files.createDirectories(folder);
    Files.deleteIfExists(file);
    try {
      Files.createSymbolicLink(file, folder.relativize(blob));
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (UnsupportedOperationException | IOException e) {
      // Windows allows links to administrators only; Python's client moves the file there too.
      Files.move(blob, file);
    }
  }

  /** The names of a snapshot's files. */
  static ModelFiles filesOf(Path snapshot) throws IOException {
    try (Stream<Path> files = Files.walk(snapshot)) {
      return new ModelFiles(
          files
              .filter(Files::isRegularFile)
              .map(file -> slashed(snapshot.relativize(file)))
              .toList());
    }
  }

  private static String slashed(Path path) {
    return path.toString().replace('\\', '/');
  }

  /** What a server names must not lead out of the cache. */
  private static Path inside(Path folder, String name) {
    Path path = folder.resolve(name).normalize();
    if (name.isEmpty() || !path.startsWith(folder) || path.equals(folder)) {
      throw new IllegalArgumentException("\"" + name + "\" is no name for a file in a repository");
    }
    return path;
  }
}
