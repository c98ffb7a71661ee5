package io.millrace.protocol.schema;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The Javadoc of records: the description of each, and of each of its components. */
final class RecordDocs {
  private static final Pattern TYPE =
      Pattern.compile(
          "/\\*\\*((?:(?!\\*/).)*)\\*/\\s*(?:@\\w+(?:\\((?:[^()\"]|\"[^\"]*\")*\\))?\\s*)*"
              + "(?:public |sealed )*(?:record|interface) (\\w+)",
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
      Matcher type = TYPE.matcher(Files.readString(source));
      while (type.find()) {
        docs.add(type.group(2), type.group(1).replaceAll("(?m)^\\s*\\* ?", ""));
      }
    }
    return docs;
  }

  private void add(String type, String comment) {
    texts.put(type, plain(comment.split("@param|<p>")[0]));
    Matcher param = PARAM.matcher(comment);
    while (param.find()) {
      texts.put(type + "." + param.group(1), plain(param.group(2)));
    }
  }

  private static String plain(String text) {
    return TAG.matcher(text).replaceAll("$1").replaceAll("\\s+", " ").strip();
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
