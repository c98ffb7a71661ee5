package io.millrace.protocol.schema;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The Javadoc of records: the description of each, and of each of its components and of further
 * parameters of its creator, and of its getters.
 */
final class RecordDocs {
  private static final Pattern TYPE =
      Pattern.compile(
          "/\\*\\*((?:(?!\\*/).)*)\\*/\\s*(?:@\\w+(?:\\((?:[^()\"]|\"[^\"]*\")*\\))?\\s*)*"
              + "(?:public |sealed )*(?:record|interface) (\\w+)",
          Pattern.DOTALL);
  private static final Pattern CREATOR =
      Pattern.compile("/\\*\\*((?:(?!\\*/).)*)\\*/\\s*@JsonCreator", Pattern.DOTALL);
  private static final Pattern GETTER =
      Pattern.compile(
          "/\\*\\*((?:(?!\\*/).)*)\\*/\\s*(?:@JsonProperty(?:\\(\"(\\w+)\"\\))?\\s*)?"
              + "(?:public )?(?:@Nullable )?\\w+ (\\w+)\\(\\)",
          Pattern.DOTALL);
  private static final Pattern PARAM =
      Pattern.compile("@param (\\w+) ((?:(?!@param).)*)", Pattern.DOTALL);
  private static final Pattern TAG = Pattern.compile("\\{@\\w+ #?([^}]*)}");

  private final Map<String, String> texts = new HashMap<>();

  private RecordDocs() {}

  /** Reads all sources in a folder. */
  static RecordDocs read(Path folder) throws IOException {
    RecordDocs docs = new RecordDocs();
    List<Path> sources;
    try (Stream<Path> files = Files.list(folder)) {
      sources = files.filter(file -> file.toString().endsWith(".java")).toList();
    }
    for (Path source : sources) {
      docs.addAll(Files.readString(source));
    }
    return docs;
  }

  /** A creator or a getter belongs to the last type that begins before it. */
  private void addAll(String source) {
    NavigableMap<Integer, String> types = new TreeMap<>();
    Matcher type = TYPE.matcher(source);
    while (type.find()) {
      types.put(type.start(), type.group(2));
      String comment = text(type.group(1));
      texts.put(type.group(2), plain(comment.split("@param|<p>")[0]));
      addParameters(type.group(2), comment);
    }
    Matcher creator = CREATOR.matcher(source);
    while (creator.find()) {
      addParameters(types.floorEntry(creator.start()).getValue(), text(creator.group(1)));
    }
    Matcher getter = GETTER.matcher(source);
    while (getter.find()) {
      String name = getter.group(2) == null ? getter.group(3) : getter.group(2);
      Map.Entry<Integer, String> owner = types.floorEntry(getter.start());
      if (owner != null) {
        texts.putIfAbsent(owner.getValue() + "." + name, plain(text(getter.group(1))));
      }
    }
  }

  private static String text(String comment) {
    return comment.replaceAll("(?m)^\\s*\\* ?", "");
  }

  private void addParameters(String type, String comment) {
    Matcher param = PARAM.matcher(comment);
    while (param.find()) {
      texts.put(type + "." + param.group(1), plain(param.group(2)));
    }
  }

  private static String plain(String text) {
    return TAG.matcher(text.replaceAll("\\s+", " ")).replaceAll("$1").strip();
  }

  /** What a record is, or null. */
  @Nullable String of(Class<?> type) {
    return texts.get(type.getSimpleName());
  }

  /** What a component of a record is, or null. */
  @Nullable String of(Class<?> type, String component) {
    return texts.get(type.getSimpleName() + "." + component);
  }
}
