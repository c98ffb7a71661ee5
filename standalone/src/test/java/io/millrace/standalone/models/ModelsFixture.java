package io.millrace.standalone.models;

import io.millrace.cli.CommandLines;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** The commands for models, with caches below a folder and a person who says what a test says. */
final class ModelsFixture {
  private final Map<String, String> variables = new TreeMap<>();
  private final Path home;
  private final List<String> questions = new ArrayList<>();
  private @Nullable Boolean answer;

  /** What a command has said, and how it ended. */
  record Run(int exitCode, String out, String err) {
    List<String> lines() {
      return out.lines().toList();
    }
  }

  ModelsFixture(Path home) {
    this.home = home;
    variables.put("HF_HUB_CACHE", cache().toString());
    variables.put("MILLRACE_HOME", home.resolve("millrace").toString());
    variables.put("HF_HUB_OFFLINE", "1");
  }

  Path cache() {
    return home.resolve("hub");
  }

  /** There is a hub. */
  void hub(String endpoint) {
    variables.put("HF_ENDPOINT", endpoint);
    variables.remove("HF_HUB_OFFLINE");
  }

  /** There is a terminal, and somebody who answers so. */
  void person(boolean yes) {
    answer = yes;
  }

  List<String> questions() {
    return questions;
  }

  Run run(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line =
        new CommandLine(new ModelsCommand(), new Commands())
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));
    return new Run(CommandLines.execute(line, args), out.toString(), err.toString());
  }

  private final class Commands implements CommandLine.IFactory {
    private final CacheEnvironment environment = new CacheEnvironment(variables, home);
    private final Map<Class<?>, Supplier<Object>> own =
        Map.of(
            ListModelsCommand.class, () -> new ListModelsCommand(environment),
            PullModelCommand.class, () -> new PullModelCommand(environment),
            ShowModelCommand.class, () -> new ShowModelCommand(environment),
            RemoveModelsCommand.class, () -> new RemoveModelsCommand(environment, new Person()));

    @Override
    public <K> K create(Class<K> type) throws Exception {
      Supplier<Object> command = own.get(type);
      return command == null ? CommandLine.defaultFactory().create(type) : type.cast(command.get());
    }
  }

  private final class Person implements Confirmation {
    @Override
    public boolean isPossible() {
      return answer != null;
    }

    @Override
    public boolean confirms(String question) {
      questions.add(question);
      return Boolean.TRUE.equals(answer);
    }
  }
}
