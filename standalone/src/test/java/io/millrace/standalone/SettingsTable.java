package io.millrace.standalone;

import io.millrace.cli.EnvironmentDefaults;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** The tables of flags in {@code docs/settings.md}, made of the commands themselves. */
final class SettingsTable {
  static final String HEADING = "## Flags";

  private static final String HEAD =
      "| flag | variable | property | default | of | what |\n| --- | --- | --- | --- | --- | --- |\n";

  /** Tables by the commands whose flags they have; a flag is where its first command is. */
  private enum Section {
    SERVICES("Services", Set.of("serve", "api", "worker", "broker")),
    ASK(
        "Commands that ask and look",
        Set.of("chat", "ask", "queue", "dead-letters", "jobs", "models")),
    MEASURE("Commands that measure and check", Set.of());

    private final String title;
    private final Set<String> commands;

    Section(String title, Set<String> commands) {
      this.title = title;
      this.commands = commands;
    }

    static Section of(String command) {
      String first = command.split(" ", 2)[0];
      return Stream.of(values())
          .filter(section -> section.commands.contains(first))
          .findFirst()
          .orElse(MEASURE);
    }
  }

  /** A flag as some commands explain it; others may mean something else by its name. */
  private record Setting(
      String name, String flag, String variables, String properties, String standard, String what) {

    static Setting of(OptionSpec option) {
      List<String> properties = EnvironmentDefaults.properties(option);
      Explained explained = Explained.of(String.join(" ", option.description()));
      return new Setting(
          properties.get(0),
          flags(option),
          code(properties.stream().map(EnvironmentDefaults::variable)),
          code(properties.stream()),
          explained.standard(),
          explained.what());
    }

    private static String code(Stream<String> words) {
      return words.map("`%s`"::formatted).collect(Collectors.joining(", "));
    }

    private static String flags(OptionSpec option) {
      String value = option.arity().max() > 0 ? " " + option.paramLabel() : "";
      Stream<String> names = Stream.of(option.names());
      return code(option.negatable() ? names.map(name -> "--[no-]" + name.substring(2)) : names)
          .replaceFirst("`$", value.replace("|", "\\\\|") + "`");
    }

    String row(Collection<String> commands) {
      return "| %s | %s | %s | %s | %s | %s |\n"
          .formatted(flag, variables, properties, standard, String.join(", ", commands), what);
    }
  }

  /** A description, and what it says of the default, which stands in brackets there. */
  private record Explained(String what, String standard) {
    private static final String BEGIN = "(default";

    static Explained of(String description) {
      String text = description.replace("|", "\\|").replace("<", "&lt;");
      int begin = text.indexOf(BEGIN);
      if (begin < 0) {
        return new Explained(text, "");
      }
      int end = text.indexOf(')', begin);
      String standard = text.substring(begin + BEGIN.length(), end).replaceFirst("^: ", "");
      return new Explained(
          text.substring(0, begin).stripTrailing() + text.substring(end + 1), standard.strip());
    }
  }

  private final TreeMap<Section, TreeMap<Setting, Set<String>>> tables = new TreeMap<>();

  private SettingsTable() {}

  /** All flags of a command and those below it. */
  static String of(CommandLine command) {
    SettingsTable table = new SettingsTable();
    TreeMap<Setting, Set<String>> all = table.empty();
    commands(command).forEach(each -> addFlags(each, all));
    all.forEach(
        (setting, names) ->
            table
                .tables
                .computeIfAbsent(Section.of(names.iterator().next()), any -> table.empty())
                .put(setting, names));
    return table.toString();
  }

  private TreeMap<Setting, Set<String>> empty() {
    return new TreeMap<>(
        Comparator.comparing(Setting::name)
            .thenComparing(Setting::flag)
            .thenComparing(Setting::standard)
            .thenComparing(Setting::what));
  }

  private static List<CommandLine> commands(CommandLine command) {
    List<CommandLine> all = new ArrayList<>(List.of(command));
    // An alias is the same command once more.
    new LinkedHashSet<>(command.getSubcommands().values())
        .stream()
            .filter(below -> !below.getCommandSpec().usageMessage().hidden())
            .forEach(below -> all.addAll(commands(below)));
    return all;
  }

  private static void addFlags(CommandLine command, TreeMap<Setting, Set<String>> settings) {
    String name = command.getCommandSpec().qualifiedName().replaceFirst("^millrace ?", "");
    command.getCommandSpec().options().stream()
        .filter(option -> !option.usageHelp() && !option.versionHelp() && !option.hidden())
        .map(Setting::of)
        .forEach(
            setting -> settings.computeIfAbsent(setting, any -> new LinkedHashSet<>()).add(name));
  }

  @Override
  public String toString() {
    return tables.entrySet().stream()
        .map(table -> "### %s\n\n%s%s".formatted(table.getKey().title, HEAD, rows(table)))
        .collect(Collectors.joining("\n", HEADING + "\n\n", ""));
  }

  private static String rows(Map.Entry<Section, TreeMap<Setting, Set<String>>> table) {
    return table.getValue().entrySet().stream()
        .map(row -> row.getKey().row(row.getValue()))
        .collect(Collectors.joining());
  }
}
