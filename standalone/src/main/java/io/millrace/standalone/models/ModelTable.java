package io.millrace.standalone.models;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Models below each other, a line for each, as wide as their names need. */
final class ModelTable {
  private static final List<String> HEAD =
      List.of(
          "MODEL",
          "REVISION",
          "SIZE",
          "FETCHED",
          "FAMILY",
          "PARAMETERS",
          "TYPE",
          "CONTEXT",
          "LICENCE");
  private static final String UNKNOWN = "-";
  private static final int COMMIT_LETTERS = 7;
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("yyyy-MM-dd").withZone(ZoneId.systemDefault());

  private ModelTable() {}

  /** The lines, with a head. */
  static List<String> lines(List<ListedModel> models) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(HEAD);
    models.forEach(model -> rows.add(row(model)));
    int[] widths = new int[HEAD.size()];
    for (List<String> row : rows) {
      // The last cell of a row ends where it ends.
      for (int i = 0; i < row.size() - 1; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    return rows.stream().map(row -> line(row, widths)).toList();
  }

  private static String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < row.size(); i++) {
      String cell = row.get(i);
      line.append(cell);
      if (i < row.size() - 1) {
        line.append(" ".repeat(widths[i] - cell.length() + 2));
      }
    }
    return line.toString();
  }

  private static List<String> row(ListedModel model) {
    String revision = model.revision();
    List<String> row = new ArrayList<>();
    row.add(model.name());
    row.add(revision == null ? UNKNOWN : shortened(revision));
    row.add(Amounts.bytes(model.bytes()));
    row.add(DAY.format(Instant.ofEpochSecond(model.fetchedAt())));
    switch (model.status()) {
      case READY -> addDescription(model, row);
      case INCOMPLETE -> row.add("incomplete; to go on: millrace models pull " + model.name());
      case NOT_SERVED -> row.add("not served: " + plain(String.valueOf(model.reason())));
    }
    return row;
  }

  private static void addDescription(ListedModel model, List<String> row) {
    Long parameters = model.parameters();
    row.add(orUnknown(model.family()));
    row.add(parameters == null ? UNKNOWN : Amounts.count(parameters));
    row.add(orUnknown(model.type()));
    row.add(orUnknown(model.contextLength()));
    row.add(model.license() == null ? "not told" : model.license());
  }

  private static String shortened(String commit) {
    return commit.substring(0, Math.min(COMMIT_LETTERS, commit.length()));
  }

  private static String orUnknown(@Nullable Object value) {
    return value == null ? UNKNOWN : value.toString();
  }

  /** Texts of files may hold what moves a terminal's cursor. */
  private static String plain(String text) {
    return text.replaceAll("\\p{Cntrl}", " ");
  }
}
