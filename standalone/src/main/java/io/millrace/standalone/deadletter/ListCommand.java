package io.millrace.standalone.deadletter;

import io.millrace.cli.CommandLines;
import io.millrace.cli.Flags;
import io.millrace.kafka.KafkaOptions;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** The newest dead letters, one below the other. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "Lists dead letters, the newest last.",
    sortOptions = false,
    footer = CommandLines.FOOTER)
final class ListCommand implements Callable<Integer> {
  @Mixin private KafkaOptions kafka = new KafkaOptions();
  @Mixin private LetterFilter filter = new LetterFilter();

  @Option(
      names = "--replayed",
      negatable = true,
      description = "Only those that were replayed, or, with --no-replayed, that were not.")
  private @Nullable Boolean replayed;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "20",
      description = "At most so many, the newest (default: ${DEFAULT-VALUE}).")
  private int limit = 20;

  @Option(names = "--json", description = "Print one JSON object a line.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    Flags.requireAtLeast("--limit", 1, limit);
    DeadLetterTopic topic = DeadLetterTopic.open(kafka.cluster(), kafka.topics());
    List<Letter> letters =
        topic.letters().stream()
            .filter(filter.in(topic.names(), Instant.now()))
            .filter(letter -> replayed == null || replayed == letter.replayed())
            .toList();
    int older = Math.max(0, letters.size() - limit);
    print(letters.subList(older, letters.size()), older, topic);
    return 0;
  }

  private void print(List<Letter> letters, int older, DeadLetterTopic topic) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      letters.forEach(
          it -> out.println(JsonMapper.shared().writeValueAsString(LetterText.json(it))));
      return;
    }
    letters.forEach(letter -> out.println(LetterText.lines(letter, topic.names())));
    if (letters.isEmpty()) {
      out.println("no such dead letters in " + topic.name());
    } else if (older > 0) {
      out.printf("and %d older ones: --limit %d shows all%n", older, older + letters.size());
    }
  }
}
