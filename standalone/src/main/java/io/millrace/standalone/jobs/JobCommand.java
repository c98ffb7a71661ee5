package io.millrace.standalone.jobs;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** A command for one job, which it shows as it is then. */
abstract class JobCommand implements Callable<Integer> {
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

  private final String method;

  @Spec private CommandSpec spec;
  @Mixin private ApiClient api = new ApiClient();

  @Parameters(paramLabel = "ID", description = "The id of the job.")
  private String id = "";

  /**
   * @param method what is asked of the job, as HTTP says it
   */
  JobCommand(String method) {
    this.method = method;
  }

  @Override
  public Integer call() {
    if (!ID.matcher(id).matches()) {
      throw new ParameterException(spec.commandLine(), "\"" + id + "\" is no id of a job");
    }
    JsonNode job = api.ask(method, "/v1/jobs/" + id);
    PrintWriter out = spec.commandLine().getOut();
    if (api.json()) {
      out.println(job.toPrettyString());
    } else {
      JobText.lines(job).forEach(out::println);
    }
    return 0;
  }
}
