package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.tngtech.archunit.core.domain.JavaClass;
import io.millrace.architecture.ProductionClasses;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The pictures of {@code docs/design.md} against the code: an arrow says who knows whom, and what
 * follows from others is left out. So every arrow must be there, and nobody may know anybody whom
 * no way of arrows leads to.
 */
final class DesignTest {
  private static final Pattern HEADING = Pattern.compile("### (Modules|Packages of `([a-z-]+)`)");
  private static final Pattern ARROW =
      Pattern.compile("\\s*([\\w.-]+)(?:\\[.*])? --> ([\\w.-]+)\\s*");
  private static final Pattern DEPENDENCY =
      Pattern.compile(
          "<groupId>io\\.millrace</groupId>\\s*<artifactId>([a-z-]+)</artifactId>\\s*</dependency>");

  /** Packages by module; a module's root package is called as the module. */
  private static final Map<String, String> PACKAGES =
      Map.of(
          "models", "io.millrace.models",
          "engine", "io.millrace.engine",
          "api-service", "io.millrace.api",
          "worker-service", "io.millrace.worker",
          "bench", "io.millrace.bench",
          "chat-template", "io.millrace.template",
          "grammar", "io.millrace.grammar",
          "tool-parser", "io.millrace.toolparser");

  /** Modules whose root package is what all of its packages throw and are given. */
  private static final Set<String> ROOTLESS = Set.of("chat-template");

  /** Arrows, by where they begin. */
  private record Graph(Map<String, Set<String>> arrows) {
    Graph() {
      this(new TreeMap<>());
    }

    void add(String from, String to) {
      if (!from.equals(to)) {
        arrows.computeIfAbsent(from, any -> new TreeSet<>()).add(to);
      }
    }

    Set<String> from(String node) {
      return arrows.getOrDefault(node, Set.of());
    }

    Set<String> reachable(String node) {
      Set<String> seen = new TreeSet<>();
      List<String> open = new ArrayList<>(from(node));
      while (!open.isEmpty()) {
        String next = open.remove(open.size() - 1);
        if (seen.add(next)) {
          open.addAll(from(next));
        }
      }
      return seen;
    }

    /** Without the arrows that follow from others. */
    Graph reduced() {
      Graph reduced = new Graph();
      arrows.forEach(
          (from, all) ->
              all.stream()
                  .filter(to -> all.stream().noneMatch(by -> reachable(by).contains(to)))
                  .forEach(to -> reduced.add(from, to)));
      return reduced;
    }

    @Override
    public String toString() {
      return arrows.entrySet().stream()
          .flatMap(
              entry ->
                  entry.getValue().stream().map(to -> "  %s --> %s".formatted(entry.getKey(), to)))
          .collect(Collectors.joining("\n"));
    }
  }

  @Test
  void modules_areAsDrawn() throws Exception {
    assertThat(drawn().get("Modules").toString()).isEqualTo(modules().reduced().toString());
  }

  @TestFactory
  Stream<DynamicTest> packages_areAsDrawn() throws Exception {
    Map<String, Graph> drawn = drawn();
    assertThat(drawn.keySet()).containsAll(PACKAGES.keySet());
    return PACKAGES.keySet().stream()
        .map(
            module ->
                dynamicTest(
                    module,
                    () ->
                        assertThat(drawn.get(module).toString())
                            .isEqualTo(packages(module).reduced().toString())));
  }

  /** What the poms say, test scope apart. */
  private static Graph modules() throws Exception {
    Graph graph = new Graph();
    for (String line : Checkout.lines("pom.xml")) {
      Matcher module = Pattern.compile("\\s*<module>([a-z-]+)</module>").matcher(line);
      if (module.matches()) {
        String pom =
            String.join("\n", Checkout.lines(Path.of(module.group(1), "pom.xml").toString()));
        DEPENDENCY
            .matcher(pom)
            .results()
            .forEach(found -> graph.add(module.group(1), found.group(1)));
      }
    }
    return graph;
  }

  private static Graph packages(String module) {
    String root = PACKAGES.get(module);
    Graph graph = new Graph();
    for (JavaClass type : ProductionClasses.ALL) {
      String from = packageName(module, root, type);
      if (from != null) {
        type.getDirectDependenciesFromSelf().stream()
            .map(it -> packageName(module, root, it.getTargetClass().getBaseComponentType()))
            .filter(Objects::nonNull)
            .forEach(to -> graph.add(from, to));
      }
    }
    return graph;
  }

  private static @Nullable String packageName(String module, String root, JavaClass type) {
    String name = type.getPackageName();
    if (name.equals(root)) {
      return ROOTLESS.contains(module) ? null : module;
    }
    return name.startsWith(root + ".") ? name.substring(root.length() + 1) : null;
  }

  /** The graphs in the document, by module; and of the modules themselves. */
  private static Map<String, Graph> drawn() throws Exception {
    Map<String, Graph> graphs = new TreeMap<>();
    Graph current = new Graph();
    for (String line : Checkout.lines("docs/design.md")) {
      Matcher heading = HEADING.matcher(line);
      Matcher arrow = ARROW.matcher(line);
      if (heading.matches()) {
        current = new Graph();
        graphs.put(heading.group(2) == null ? heading.group(1) : heading.group(2), current);
      } else if (arrow.matches()) {
        current.add(arrow.group(1), arrow.group(2));
      }
    }
    return graphs;
  }
}
