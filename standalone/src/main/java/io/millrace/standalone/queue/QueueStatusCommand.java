package io.millrace.standalone.queue;

import io.millrace.cli.CommandLines;
import io.millrace.kafka.KafkaOptions;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** The state of the queue now, read from Kafka alone: no api need be there. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "Shows what waits, what runs, and the workers, by model and class.",
    sortOptions = false,
    footer = CommandLines.FOOTER)
final class QueueStatusCommand implements Callable<Integer> {
  @Mixin private KafkaOptions kafka = new KafkaOptions();

  @Option(
      names = {"--model-name", "--model"},
      paramLabel = "NAME",
      description = "Only this model, by its served name (default: all).")
  private @Nullable String model;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    QueueReader reader = new QueueReader(kafka, InstantSource.system());
    QueueStatus status = reader.read(model);
    spec.commandLine()
        .getOut()
        .println(json ? JsonMapper.shared().writeValueAsString(status) : status.toString());
    return 0;
  }
}
