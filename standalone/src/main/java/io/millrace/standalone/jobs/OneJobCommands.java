package io.millrace.standalone.jobs;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** The commands for one job. */
final class OneJobCommands {
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

  private OneJobCommands() {}

  /** {@code millrace jobs show}: all that is known of a job. */
  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "Shows a job, and its answer once it has one.")
  static final class ShowJobCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private ApiClient api = new ApiClient();

    @Parameters(paramLabel = "ID", description = "The id of the job.")
    private String id = "";

    @Override
    public Integer call() {
      return print(spec, api, api.ask("GET", path(spec, id)));
    }
  }

  /** {@code millrace jobs cancel}: takes a job back. */
  @Command(
      name = "cancel",
      mixinStandardHelpOptions = true,
      description = "Cancels a job, unless it has ended, and shows what became of it.")
  static final class CancelJobCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private ApiClient api = new ApiClient();

    @Parameters(paramLabel = "ID", description = "The id of the job.")
    private String id = "";

    @Override
    public Integer call() {
      return print(spec, api, api.ask("DELETE", path(spec, id)));
    }
  }

  private static String path(CommandSpec spec, String id) {
    if (!ID.matcher(id).matches()) {
      throw new ParameterException(spec.commandLine(), "\"" + id + "\" is no id of a job");
    }
    return "/v1/jobs/" + id;
  }

  private static int print(CommandSpec spec, ApiClient api, JsonNode job) {
    PrintWriter out = spec.commandLine().getOut();
    if (api.json()) {
      out.println(job.toPrettyString());
    } else {
      JobText.lines(job).forEach(out::println);
    }
    return 0;
  }
}
