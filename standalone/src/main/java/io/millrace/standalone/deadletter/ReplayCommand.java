package io.millrace.standalone.deadletter;

import io.millrace.cli.CommandLines;
import io.millrace.cli.StartFailure;
import io.millrace.kafka.ClusterNotReady;
import io.millrace.kafka.KafkaOptions;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Dead letters asked again: the request goes back to its topic, byte for byte. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    description =
        "Puts the requests of dead letters back into their topics, where they are answered to"
            + " whoever asked. One that was replayed is skipped.",
    sortOptions = false,
    footer = CommandLines.FOOTER)
final class ReplayCommand implements Callable<Integer> {
  @Mixin private KafkaOptions kafka = new KafkaOptions();
  @Mixin private LetterFilter filter = new LetterFilter();

  @Parameters(
      arity = "0..*",
      paramLabel = "OFFSET|ID",
      description = "Which: offsets, as 'list' shows them, or ids of requests.")
  private List<String> which = List.of();

  @Option(names = "--all", description = "All that the other flags do not leave out.")
  private boolean all;

  @Option(names = "--again", description = "Also those that were replayed before.")
  private boolean again;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    if (which.isEmpty() && !all) {
      throw new StartFailure(
          "which dead letters? Name offsets or ids, or say --all, alone or with a filter");
    }
    if (!which.isEmpty() && (all || filter.isGiven())) {
      throw new StartFailure("offsets and ids say which already: leave out --all and filters");
    }
    DeadLetterTopic topic = DeadLetterTopic.open(kafka.cluster(), kafka.topics());
    try (Replayer replayer = Replayer.open(topic)) {
      return replay(replayer, topic);
    } catch (KafkaException e) {
      throw ClusterNotReady.refusal(topic.cluster(), "replay dead letters", e);
    }
  }

  private int replay(Replayer replayer, DeadLetterTopic topic) {
    PrintWriter out = spec.commandLine().getOut();
    // Read only now: whoever replayed before is done, and nobody else can.
    List<Letter> letters = chosen(topic);
    int asked = 0;
    int failed = 0;
    for (Letter letter : letters) {
      Replayer.Outcome outcome = replayer.replay(letter, again);
      asked += outcome.asked() ? 1 : 0;
      failed += outcome.failed() ? 1 : 0;
      out.printf("%8d  %s%n", letter.offset(), outcome.told());
      out.flush();
    }
    out.printf("%d asked again, %d not%n", asked, letters.size() - asked);
    return failed == 0 ? 0 : 1;
  }

  private List<Letter> chosen(DeadLetterTopic topic) {
    List<Letter> letters = topic.letters();
    return which.isEmpty()
        ? letters.stream().filter(filter.in(topic.names(), Instant.now())).toList()
        : which.stream().flatMap(name -> topic.named(letters, name).stream()).distinct().toList();
  }
}
