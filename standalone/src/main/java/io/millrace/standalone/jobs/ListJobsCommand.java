package io.millrace.standalone.jobs;

import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code millrace jobs list}: a line for each job, the latest first. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "Lists jobs, the latest first.")
final class ListJobsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ApiClient api = new ApiClient();

  @Option(
      names = "--status",
      paramLabel = "STATUS",
      description = "Only these, with commas between: queued, running, succeeded, failed, ...")
  private @Nullable String status;

  @Option(names = "--model", paramLabel = "NAME", description = "Only those of a model.")
  private @Nullable String model;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "20",
      description = "How many at most (default: ${DEFAULT-VALUE}).")
  private int limit = 20;

  @Option(names = "--after", paramLabel = "ID", description = "Those that come after a job.")
  private @Nullable String after;

  @Override
  public Integer call() {
    StringJoiner query = new StringJoiner("&", "/v1/jobs?", "");
    query.add("limit=" + limit);
    add(query, "status", status);
    add(query, "model", model);
    add(query, "after", after);
    JsonNode page = api.ask("GET", query.toString());
    PrintWriter out = spec.commandLine().getOut();
    if (api.json()) {
      out.println(page.toPrettyString());
    } else {
      print(page, out);
    }
    return 0;
  }

  private static void add(StringJoiner query, String name, @Nullable String value) {
    if (value != null) {
      query.add(name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8));
    }
  }

  private static void print(JsonNode page, PrintWriter out) {
    if (page.path("data").isEmpty()) {
      out.println("no jobs");
      return;
    }
    out.println(JobText.HEAD);
    page.path("data").forEach(job -> out.println(JobText.line(job)));
    if (page.path("has_more").asBoolean()) {
      out.println("more: --after " + page.path("last_id").asString());
    }
  }
}
