package io.millrace.standalone.models;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.millrace.cli.StartFailure;
import io.millrace.models.hub.ModelCache;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code millrace models list}: what the caches hold. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "Lists the models that are there, and downloads that have not ended.")
final class ListModelsCommand implements Callable<Integer> {
  private final CacheEnvironment environment;

  @Option(names = "--all", description = "List also what Millrace does not serve, with the reason.")
  private boolean all;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Spec private CommandSpec spec;

  ListModelsCommand() {
    this(CacheEnvironment.own());
  }

  ListModelsCommand(CacheEnvironment environment) {
    this.environment = environment;
  }

  /** The whole list, as JSON has it. */
  private record Listing(
      @JsonProperty("cache") String cache,
      @JsonProperty("models") List<ListedModel> models,
      @JsonProperty("not_served") long notServed,
      @JsonProperty("other_repositories") List<String> others) {}

  @Override
  public Integer call() {
    Listing listing = listing(environment.cache());
    if (json) {
      spec.commandLine().getOut().println(JsonMapper.shared().writeValueAsString(listing));
    } else {
      print(listing);
    }
    return 0;
  }

  private Listing listing(ModelCache cache) {
    try {
      List<ListedModel> models = cache.models().stream().map(ListedModel::of).toList();
      List<ListedModel> shown =
          models.stream()
              .filter(model -> all || model.status() != ListedModel.Status.NOT_SERVED)
              .toList();
      long notServed =
          models.stream().filter(it -> it.status() == ListedModel.Status.NOT_SERVED).count();
      return new Listing(cache.folder().toString(), shown, notServed, cache.others());
    } catch (IOException | UncheckedIOException e) {
      throw new StartFailure("cannot read the cache %s: %s".formatted(cache.folder(), e), e);
    }
  }

  private void print(Listing listing) {
    PrintWriter out = spec.commandLine().getOut();
    if (listing.models.isEmpty()) {
      out.println("no models in " + listing.cache + "; 'millrace models pull default' fetches one");
    } else {
      ModelTable.lines(listing.models).forEach(out::println);
    }
    long others = listing.notServed + listing.others.size();
    if (all) {
      listing.others.forEach(name -> out.println(name + "  not served: it is no model"));
    } else if (others > 0) {
      out.println(
          others == 1
              ? "1 more repository is not a model that Millrace serves (--all shows it)"
              : others
                  + " more repositories are not models that Millrace serves (--all shows them)");
    }
  }
}
