package io.millrace.bench;

import io.millrace.cli.CommandLines;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A command that was run as a person would: its exit code, standard output and standard error. */
public record CommandRun(int code, String out, String err) {

  /** Runs a command. */
  public static CommandRun of(Object command, List<String> args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = new CommandLine(command);
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    int code = CommandLines.execute(line, args.toArray(String[]::new));
    return new CommandRun(code, out.toString(), err.toString());
  }

  /** Standard output, which is one JSON value. */
  public JsonNode json() {
    return JsonMapper.shared().readTree(out);
  }
}
