package io.millrace.models.hub;

import io.millrace.models.weights.BadCheckpoint;
import io.millrace.models.weights.Checkpoint;
import io.millrace.models.weights.GgufFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The licence of a model, as its files tell it: the metadata of a GGUF file, the head of {@code
 * README.md} as the hub reads it, or the name of a file with the licence's text.
 *
 * @see <a href="https://huggingface.co/docs/hub/model-cards">the head of README.md</a>
 */
public final class ModelLicense {
  private static final int READ_BYTES = 1 << 16;
  private static final int MOST_CHARACTERS = 64;

  /** The lines between two of three dashes. */
  private static final Pattern HEAD =
      Pattern.compile("\\A\\uFEFF?---\\s*\\n(.*?)\\n---\\s*(\\n|\\z)", Pattern.DOTALL);

  private static final String OTHER = "other";

  private ModelLicense() {}

  /**
   * The licence's name, of at most 64 characters.
   *
   * @param model a folder or a GGUF file
   */
  public static Optional<String> of(Path model) {
    Path folder = Files.isDirectory(model) ? model : folderOf(model);
    try {
      Optional<String> told = gguf(model).or(() -> readme(folder.resolve(Hub.README)));
      return (told.isPresent() ? told : file(folder)).map(ModelLicense::plain);
    } catch (IOException | BadCheckpoint e) {
      return Optional.empty();
    }
  }

  private static Path folderOf(Path file) {
    return Objects.requireNonNull(file.toAbsolutePath().getParent());
  }

  private static Optional<String> gguf(Path model) {
    Optional<Path> gguf = Checkpoint.gguf(model);
    if (gguf.isEmpty()) {
      return Optional.empty();
    }
    try (GgufFile file = GgufFile.open(gguf.get())) {
      return file.metadata().string("general.license").filter(text -> !text.isBlank());
    }
  }

  private static Optional<String> readme(Path file) {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try (InputStream in = Files.newInputStream(file)) {
      String text = new String(in.readNBytes(READ_BYTES), StandardCharsets.UTF_8);
      Matcher head = HEAD.matcher(text.replace("\r\n", "\n"));
      return head.find() ? license(head.group(1)) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> license(String head) {
    Optional<String> license = field("license", head);
    return license.filter(OTHER::equals).isPresent()
        ? field("license_name", head).or(() -> license)
        : license;
  }

  /** A field of YAML's simplest forms: a text, or a list of them on one line or on several. */
  private static Optional<String> field(String name, String head) {
    Matcher inline = Pattern.compile("(?m)^" + name + ":[ \\t]*(\\S.*)$").matcher(head);
    if (inline.find()) {
      String value = inline.group(1).replaceFirst("\\s+#.*$", "");
      return Optional.of(value.replaceAll("[\\[\\]\"']", "").strip()).filter(it -> !it.isEmpty());
    }
    Matcher list =
        Pattern.compile("(?m)^" + name + ":\\s*\\n((?:\\s*-\\s*\\S.*(?:\\n|\\z))+)").matcher(head);
    if (!list.find()) {
      return Optional.empty();
    }
    List<String> items =
        list.group(1)
            .lines()
            .map(line -> line.replaceFirst("^\\s*-\\s*", "").replaceAll("[\"']", "").strip())
            .toList();
    return Optional.of(String.join(", ", items));
  }

  /** The file that holds the licence's text, where nothing names the licence. */
  private static Optional<String> file(Path folder) throws IOException {
    return HubCache.list(folder).stream()
        .map(path -> path.getFileName().toString())
        .filter(name -> name.toUpperCase(Locale.ROOT).matches("(LICEN[CS]E|COPYING)([.-].*)?"))
        .findFirst()
        .map(name -> "see " + name);
  }

  /** The text comes from strangers and goes to a terminal. */
  private static String plain(String text) {
    String plain = text.replaceAll("\\p{Cntrl}", " ").strip();
    return plain.length() <= MOST_CHARACTERS ? plain : plain.substring(0, MOST_CHARACTERS) + "...";
  }
}
