package io.millrace.standalone.models;

import io.millrace.cli.StartFailure;
import io.millrace.models.hub.CacheRemoval;
import io.millrace.models.hub.ModelCache;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace models remove}: the end of models in the caches. */
@Command(
    name = "remove",
    mixinStandardHelpOptions = true,
    description = {
      "Deletes models from the cache, with all that no other model there needs.",
      "On a terminal it asks first."
    })
final class RemoveModelsCommand implements Callable<Integer> {
  private final CacheEnvironment environment;
  private final Confirmation person;

  @Parameters(
      paramLabel = "MODEL",
      arity = "1..*",
      description = "Names as 'models list' has them, or 'default'; no paths.")
  private List<String> models = List.of();

  @Option(
      names = "--all-revisions",
      description = "Delete all revisions of each; without it the one that is named, or main.")
  private boolean allRevisions;

  @Option(names = "--yes", description = "Delete without a question.")
  private boolean yes;

  @Spec private CommandSpec spec;

  RemoveModelsCommand() {
    this(CacheEnvironment.own(), Confirmation.onConsole());
  }

  RemoveModelsCommand(CacheEnvironment environment, Confirmation person) {
    this.environment = environment;
    this.person = person;
  }

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    ModelCache cache = environment.cache();
    try {
      // All names are right, or nothing happens.
      List<CacheRemoval> removals = new ArrayList<>();
      for (String model : models.stream().distinct().toList()) {
        removals.addAll(cache.removals(model, allRevisions));
      }
      boolean wanted = true;
      for (CacheRemoval removal : removals) {
        wanted &= remove(removal, out);
      }
      return wanted ? 0 : 1;
    } catch (IOException | UncheckedIOException e) {
      throw new StartFailure(String.valueOf(e.getMessage()), e);
    }
  }

  /** Whether it was removed; false if the person said no. */
  private boolean remove(CacheRemoval removal, PrintWriter out) throws IOException {
    String what = removal.what();
    String stays = removal.stays();
    if (!yes) {
      String size = Amounts.bytes(removal.bytes());
      if (!person.isPossible()) {
        throw new StartFailure("--yes must be given to remove %s, %s".formatted(what, size));
      }
      if (!person.confirms("remove %s, %s?".formatted(what, size))) {
        out.println(what + " stays");
        return false;
      }
    }
    long freed = removal.run();
    out.println("removed %s: %s freed".formatted(what, Amounts.bytes(freed)));
    if (!stays.isEmpty()) {
      out.println(stays + " stay" + (stays.startsWith("1 ") ? "s" : ""));
    }
    return true;
  }
}
