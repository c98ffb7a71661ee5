package io.millrace.standalone.jobs;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Jobs as text of at most 80 columns; an answer has the lines that it has. */
final class JobText {
  private static final String LINE = "%-36s  %-9s  %-16s  %s";
  private static final String FIELD = "%-10s %s";
  private static final int MODEL_COLUMNS = 13;
  private static final DateTimeFormatter SHORT =
      DateTimeFormatter.ofPattern("MM-dd HH:mm:ss").withZone(ZoneId.systemDefault());
  private static final DateTimeFormatter LONG =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneId.systemDefault());

  /** Above the {@link #line}s. */
  static final String HEAD = LINE.formatted("ID", "STATUS", "CREATED", "MODEL");

  private JobText() {}

  /** One line of a list. */
  static String line(JsonNode job) {
    String model = job.path("model").asString();
    return LINE.formatted(
        job.path("id").asString(),
        job.path("status").asString(),
        time(job.path("created_at"), SHORT),
        model.length() <= MODEL_COLUMNS ? model : model.substring(0, MODEL_COLUMNS - 3) + "...");
  }

  /** A job, a line for each thing that is known. */
  static List<String> lines(JsonNode job) {
    List<String> lines = new ArrayList<>();
    for (String name : List.of("id", "status", "position", "endpoint", "model", "class")) {
      add(lines, name, text(job.path(name)));
    }
    add(lines, "waits for", text(job.path("waiting_for")));
    for (String name : List.of("created", "started", "ended", "expires")) {
      add(lines, name, time(job.path(name + "_at"), LONG));
    }
    add(lines, "attempts", text(job.path("attempts")));
    add(lines, "worker", text(job.path("worker")));
    add(lines, "metadata", text(job.path("metadata")));
    add(lines, "callback", text(job.path("callback_url")));
    add(lines, "tokens", tokens(job.path("usage")));
    add(lines, "error", text(job.at("/error/message")));
    if (job.at("/response/body").isObject() && !job.path("error").isObject()) {
      lines.add("answer");
      lines.add(job.at("/response/body").toPrettyString());
    }
    return lines;
  }

  private static void add(List<String> lines, String name, String value) {
    if (!value.isEmpty()) {
      lines.add(FIELD.formatted(name, value));
    }
  }

  private static String text(JsonNode value) {
    if (value.isMissingNode() || value.isNull()) {
      return "";
    }
    return value.isContainer() ? value.toString() : value.asString();
  }

  private static String tokens(JsonNode usage) {
    return usage.isObject()
        ? "%s in, %s out"
            .formatted(
                usage.path("prompt_tokens").asString(), usage.path("completion_tokens").asString())
        : "";
  }

  private static String time(JsonNode seconds, DateTimeFormatter format) {
    return seconds.isNumber() ? format.format(Instant.ofEpochSecond(seconds.longValue())) : "";
  }
}
