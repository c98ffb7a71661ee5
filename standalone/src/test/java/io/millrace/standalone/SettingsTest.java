package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/settings.md} against the commands, the launcher and the variables that code reads.
 */
final class SettingsTest {
  private static final Path PAGE = Path.of("..", "docs", "settings.md");
  private static final String WRITE =
      "mvn -q test -pl standalone -am -Dtest=SettingsTest -Dsurefire.failIfNoSpecifiedTests=false"
          + " -Dsettings.write=true";

  /** In {@code bin/jvm}: a variable that may be there or not. */
  private static final Pattern OF_THE_LAUNCHER = Pattern.compile("\\$\\{([A-Z][A-Z_]+):[-+]");

  private static final Pattern OF_THE_FILE = Pattern.compile("(?m)^([A-Z_]+)=");
  private static final Pattern OF_A_SOURCE =
      Pattern.compile(
          "(?:getenv|named|getOrDefault|environment\\.get)\\(\\s*\"([A-Z][A-Z0-9_]+)\"");
  private static final Pattern IN_A_TABLE = Pattern.compile("`([A-Z][A-Z0-9_]+)`(?=[^|\n]*\\|)");

  @Test
  void flags_areThoseOfTheCommands() throws IOException {
    String page = Files.readString(PAGE);
    String written = page.substring(page.indexOf("\n" + SettingsTable.HEADING + "\n") + 1);
    String flags = SettingsTable.of(Millrace.commandLine());
    if (Boolean.getBoolean("settings.write")) {
      Files.writeString(PAGE, page.replace(written, flags));
      return;
    }
    assertThat(written).as("docs/settings.md is rewritten by: " + WRITE).isEqualTo(flags);
  }

  @Test
  void variablesThatAreRead_areInThePage() throws IOException {
    Set<String> read = new TreeSet<>(names(OF_THE_LAUNCHER, text("bin/jvm")));
    read.addAll(names(OF_THE_FILE, text("bin/environment.properties")));
    read.addAll(names(OF_A_SOURCE, sources()));
    assertThat(names(IN_A_TABLE, text("docs/settings.md"))).containsAll(read);
  }

  @Test
  void variablesOfThePage_areReadSomewhere() throws IOException {
    String page = text("docs/settings.md");
    String table =
        page.substring(page.indexOf("## Variables"), page.indexOf(SettingsTable.HEADING));
    String readers =
        (sources() + text("bin/jvm") + text("bin/environment.properties")).toUpperCase(Locale.ROOT);
    Set<String> variables =
        table
            .lines()
            .filter(line -> line.startsWith("| `"))
            .flatMap(row -> names(IN_A_TABLE, row.substring(0, row.indexOf('|', 1) + 1)).stream())
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(variables)
        .hasSizeGreaterThan(20)
        .allSatisfy(variable -> assertThat(readers).contains(variable));
  }

  private static String text(String file) throws IOException {
    return String.join("\n", Checkout.lines(file));
  }

  private static String sources() throws IOException {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.walk(Path.of(".."))) {
      for (Path source : (Iterable<Path>) files.filter(SettingsTest::isSource)::iterator) {
        all.append(Files.readString(source));
      }
    }
    return all.toString();
  }

  private static boolean isSource(Path file) {
    String name = file.toString();
    return name.endsWith(".java") && name.contains("/src/main/java/");
  }

  private static Set<String> names(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map((MatchResult found) -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
