package io.millrace.standalone.deadletter;

import io.millrace.cli.CommandLines;
import io.millrace.kafka.KafkaOptions;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** One dead letter, whole. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description = "Shows a dead letter and the request in it, nothing cut.",
    sortOptions = false,
    footer = CommandLines.FOOTER)
final class ShowCommand implements Callable<Integer> {
  @Mixin private KafkaOptions kafka = new KafkaOptions();

  @Parameters(
      index = "0",
      paramLabel = "OFFSET|ID",
      description = "Its offset, as 'list' shows it, or the id of the request.")
  private String which = "";

  @Option(names = "--json", description = "Print one JSON object a letter.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    DeadLetterTopic topic = DeadLetterTopic.open(kafka.cluster(), kafka.topics());
    for (Letter letter : topic.named(topic.letters(), which)) {
      topic
          .record(letter.offset())
          .map(
              record ->
                  json
                      ? JsonMapper.shared().writeValueAsString(LetterText.json(letter, record))
                      : LetterText.page(letter, record))
          .ifPresent(spec.commandLine().getOut()::println);
    }
    return 0;
  }
}
