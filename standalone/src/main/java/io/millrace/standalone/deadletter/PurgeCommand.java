package io.millrace.standalone.deadletter;

import io.millrace.cli.CommandLines;
import io.millrace.cli.DurationConverter;
import io.millrace.cli.StartFailure;
import io.millrace.kafka.KafkaOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The end of dead letters: the oldest up to some point, for good. */
@Command(
    name = "purge",
    mixinStandardHelpOptions = true,
    description = "Deletes the oldest dead letters, up to a point, for good.",
    sortOptions = false,
    footer = CommandLines.FOOTER)
final class PurgeCommand implements Callable<Integer> {
  @Mixin private KafkaOptions kafka = new KafkaOptions();

  @ArgGroup(multiplicity = "1")
  private Point point = new Point();

  @Option(names = "--yes", description = "Delete them; without it the command only counts.")
  private boolean yes;

  @Spec private CommandSpec spec;

  /** Up to where; Kafka deletes nothing from the middle of a topic. */
  private static final class Point {
    @Option(
        names = "--before-offset",
        paramLabel = "N",
        description = "All whose offset is less than this.")
    private @Nullable Long offset;

    @Option(
        names = "--older-than",
        paramLabel = "TIME",
        converter = DurationConverter.class,
        description = "All that are older, such as 3d.")
    private @Nullable Duration age;

    @Option(names = "--all", description = "All that are there.")
    private boolean all;

    private long before(DeadLetterTopic topic) {
      if (offset != null) {
        return offset;
      }
      return age == null ? Long.MAX_VALUE : topic.firstSince(Instant.now().minus(age));
    }
  }

  @Override
  public Integer call() {
    DeadLetterTopic topic = DeadLetterTopic.open(kafka.cluster(), kafka.topics());
    long before = point.before(topic);
    var doomed = topic.letters().stream().filter(it -> it.offset() < before).toList();
    long open = doomed.stream().filter(letter -> !letter.replayed()).count();
    if (doomed.isEmpty()) {
      spec.commandLine().getOut().println("no such dead letters in " + topic.name());
      return 0;
    }
    // Named by the last that was counted: what comes in meanwhile stays.
    long last = doomed.get(doomed.size() - 1).offset();
    String what =
        "%d dead letters (%d of them never replayed), up to offset %d of %s"
            .formatted(doomed.size(), open, last, topic.name());
    if (!yes) {
      throw new StartFailure("--yes must be given to delete for good " + what);
    }
    topic.deleteBefore(last + 1);
    spec.commandLine().getOut().println("deleted " + what);
    return 0;
  }
}
