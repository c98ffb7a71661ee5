package io.millrace.standalone.models;

import io.millrace.cli.StartFailure;
import io.millrace.models.hub.CachedModel;
import io.millrace.models.hub.ModelCache;
import io.millrace.models.hub.ModelNotFound;
import io.millrace.models.hub.Progress;
import io.millrace.models.weights.BadCheckpoint;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code millrace models show}: all that a model's files say of it. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description = "Shows what a model is: its size, tensors, chat template, licence and files.")
final class ShowModelCommand implements Callable<Integer> {
  private final CacheEnvironment environment;

  @Parameters(
      paramLabel = "MODEL",
      description = "Folder, GGUF file, name as 'models list' has it, or 'default'.")
  private String model = "";

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Spec private CommandSpec spec;

  ShowModelCommand() {
    this(CacheEnvironment.own());
  }

  ShowModelCommand(CacheEnvironment environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    ShownModel shown = shown(environment.cache());
    if (json) {
      out.println(JsonMapper.shared().writeValueAsString(shown));
    } else {
      shown.lines().forEach(out::println);
    }
    return 0;
  }

  private ShownModel shown(ModelCache cache) {
    try {
      List<CachedModel> models = cache.models();
      Path path = path(cache, models);
      return ShownModel.of(
          model, path, models.stream().filter(it -> it.path().equals(path)).findFirst());
    } catch (IOException | UncheckedIOException | BadCheckpoint e) {
      throw new StartFailure("cannot read %s: %s".formatted(model, e.getMessage()), e);
    }
  }

  private Path path(ModelCache cache, List<CachedModel> models) throws IOException {
    Optional<Path> found;
    try {
      found = environment.resolver(Progress.NONE).cached(model);
    } catch (ModelNotFound e) {
      throw new StartFailure(String.valueOf(e.getMessage()), e);
    }
    if (found.isPresent()) {
      return found.get();
    }
    for (CachedModel begun : models) {
      if (begun.name().equals(model)) {
        throw new StartFailure(
            "%s is not all there, only %s; 'millrace models pull %s' goes on"
                .formatted(model, Amounts.bytes(begun.bytes()), model));
      }
    }
    throw cache.unknown(model);
  }
}
