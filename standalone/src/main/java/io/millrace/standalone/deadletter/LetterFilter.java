package io.millrace.standalone.deadletter;

import io.millrace.cli.DurationConverter;
import io.millrace.protocol.RequestClass;
import io.millrace.protocol.TopicNames;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that say which dead letters are meant. */
final class LetterFilter {
  @Option(
      names = {"--model-name", "--model"},
      paramLabel = "NAME",
      description = "Only of this model, by its served name.")
  private @Nullable String model;

  @Option(
      names = "--class",
      paramLabel = "CLASS",
      description = "Only of this class: ${COMPLETION-CANDIDATES}.")
  private @Nullable RequestClass requestClass;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      description = "Only those whose reason contains this, in any case.")
  private @Nullable String reason;

  @Option(
      names = "--newer-than",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "Only those of the last so much time, such as 2h.")
  private @Nullable Duration newerThan;

  /** Whether any of them is given. */
  boolean isGiven() {
    return model != null || requestClass != null || reason != null || newerThan != null;
  }

  Predicate<Letter> in(TopicNames names, Instant now) {
    return letter ->
        isOf(names, letter)
            && (reason == null
                || letter
                    .cause()
                    .reason()
                    .toLowerCase(Locale.ROOT)
                    .contains(reason.toLowerCase(Locale.ROOT)))
            && (newerThan == null || letter.at().isAfter(now.minus(newerThan)));
  }

  private boolean isOf(TopicNames names, Letter letter) {
    if (model == null && requestClass == null) {
      return true;
    }
    return names
        .parse(letter.cause().topic())
        .filter(topic -> model == null || topic.slug().equals(TopicNames.slug(model)))
        .filter(topic -> requestClass == null || topic.requestClass() == requestClass)
        .isPresent();
  }
}
