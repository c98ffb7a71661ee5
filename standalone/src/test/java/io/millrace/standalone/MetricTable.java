package io.millrace.standalone;

import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The table of metrics in {@code docs/metrics.md}, made of what processes export. */
final class MetricTable {
  static final String HEAD =
      "| metric | type | of | labels | what |\n| --- | --- | --- | --- | --- |";

  private static final Pattern FACT = Pattern.compile("# (HELP|TYPE) (\\w+) (.*)");
  private static final Pattern OURS =
      Pattern.compile("(millrace|http)_\\w+|process_\\w+_memory_bytes");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"");
  private static final String LARGEST = "_max";

  private final TreeMap<String, Family> families = new TreeMap<>();

  private static final class Family {
    private String help = "";
    private String type = "";
    private final Set<String> processes = new TreeSet<>();
    private final Set<String> labels = new TreeSet<>();

    private String row(String name) {
      String labelled = labels.stream().map("`%s`"::formatted).collect(Collectors.joining(", "));
      return "| `%s` | %s | %s | %s | %s |"
          .formatted(name, type, String.join(", ", processes), labelled, help);
    }
  }

  /**
   * Adds what a process exports.
   *
   * @param process how the table calls it
   * @param scrape Prometheus text
   */
  void add(String process, String scrape) {
    Family current = new Family();
    for (String line : scrape.lines().toList()) {
      Matcher fact = FACT.matcher(line);
      if (!fact.matches()) {
        LABEL.matcher(line).results().map(label -> label.group(1)).forEach(current.labels::add);
        continue;
      }
      current = families.computeIfAbsent(fact.group(2), any -> new Family());
      current.processes.add(process);
      if (fact.group(1).equals("HELP")) {
        current.help = fact.group(3);
      } else {
        current.type = fact.group(3);
      }
    }
    families.values().forEach(family -> family.labels.remove("le"));
  }

  /** What is ours and the memory of the process; of a histogram not its largest value. */
  @Override
  public String toString() {
    return families.entrySet().stream()
        .filter(entry -> OURS.matcher(entry.getKey()).matches() && !isLargest(entry.getKey()))
        .map(entry -> entry.getValue().row(entry.getKey()))
        .collect(Collectors.joining("\n", HEAD + "\n", ""));
  }

  private boolean isLargest(String name) {
    return name.endsWith(LARGEST)
        && families.containsKey(name.substring(0, name.length() - LARGEST.length()));
  }
}
