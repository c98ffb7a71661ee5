package io.millrace.standalone.models;

import io.millrace.cli.StartFailure;
import io.millrace.engine.model.UnsupportedModel;
import io.millrace.engine.start.ModelDescription;
import io.millrace.models.hub.ConsoleProgress;
import io.millrace.models.hub.ModelLicense;
import io.millrace.models.hub.ModelNotFound;
import io.millrace.models.hub.ModelResolver;
import io.millrace.models.weights.BadCheckpoint;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace models pull}: a download, and nothing more. */
@Command(
    name = "pull",
    mixinStandardHelpOptions = true,
    description = {
      "Fetches a model as 'serve --model' would, and goes on where an earlier download broke off.",
      "Prints what it is, and its path on the last line."
    })
final class PullModelCommand implements Callable<Integer> {
  private final CacheEnvironment environment;

  @Parameters(
      paramLabel = "MODEL",
      description =
          "Card of the model on the Hugging Face hub (org/name, org/name@revision,"
              + " org/name/file.gguf), or 'default'.")
  private String model = "";

  @Spec private CommandSpec spec;

  PullModelCommand() {
    this(CacheEnvironment.own());
  }

  PullModelCommand(CacheEnvironment environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() {
    ModelResolver resolver = environment.resolver(ConsoleProgress.onStandardError());
    PrintWriter out = spec.commandLine().getOut();
    try {
      Optional<Path> there = resolver.cached(model);
      Path path = there.orElseGet(() -> resolver.resolve(model));
      out.println(
          model + (there.isPresent() ? " is there already: " : " is fetched: ") + what(path));
      out.println(path);
      return 0;
    } catch (ModelNotFound e) {
      throw new StartFailure(String.valueOf(e.getMessage()), e);
    }
  }

  private static String what(Path path) {
    String license = ModelLicense.of(path).orElse("not told");
    try {
      ModelDescription description = ModelDescription.of(path);
      return "%s, %s parameters, %s, context of %d tokens, licence %s"
          .formatted(
              description.family(),
              Amounts.count(description.parameters()),
              description.mainType(),
              description.contextLength(),
              license);
    } catch (UnsupportedModel | BadCheckpoint e) {
      return "Millrace does not serve it: " + e.getMessage();
    }
  }
}
