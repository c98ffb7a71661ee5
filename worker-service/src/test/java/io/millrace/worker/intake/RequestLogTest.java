package io.millrace.worker.intake;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.millrace.protocol.AnswerPiece;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.Reply;
import io.millrace.protocol.Usage;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A request's line in the worker's log. */
final class RequestLogTest extends RequestHandlerFixture {
  private final Logger logger = (Logger) LoggerFactory.getLogger(RequestLog.class);
  private final Logger handlers = (Logger) LoggerFactory.getLogger(RequestHandler.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  @BeforeEach
  void listen() {
    logger.setLevel(Level.INFO);
    handlers.setLevel(Level.INFO);
    lines.start();
    logger.addAppender(lines);
    handlers.addAppender(lines);
  }

  @AfterEach
  void leave() {
    logger.detachAppender(lines);
    handlers.detachAppender(lines);
    logger.setLevel(null);
    handlers.setLevel(null);
  }

  @Test
  void answer_isALine() {
    LeasedTask task = handler.handle(record(0, 1, "\"id\":\"a\",\"prompt\":\"hi\""));
    Reply.Choice choice =
        new Reply.Choice(
            0, 0, AnswerPiece.of("yes"), FinishReason.LENGTH, List.of(5, 6, 7), List.of());
    engine.say(new Reply.Finished("a", 1, choice, new Usage(2, 3)));
    task.outcome().join();

    assertThat(told())
        .containsExactly(
            "INFO request ended [id=\"a\", attempt=\"1\", outcome=\"length\", prompt_tokens=\"2\","
                + " completion_tokens=\"3\"]");
  }

  @Test
  void redeliveryAndCancel_areTold() {
    LeasedTask task = handler.handle(record(4, 2, "\"id\":\"a\",\"prompt\":\"hi\""));
    engine.say(new Reply.Failed("a", 2, 5, FailureKind.CANCELLED, "gone", null));
    task.outcome().join();

    assertThat(told()).hasSize(2);
    assertThat(told().get(0)).startsWith("WARN ").contains("is delivered again, attempt 2");
    assertThat(told().get(1))
        .isEqualTo(
            "INFO request ended [id=\"a\", attempt=\"2\", outcome=\"cancelled\","
                + " prompt_tokens=\"0\", completion_tokens=\"5\"]");
  }

  @Test
  void answerThatIsGivenBack_isAWarning() {
    LeasedTask task = handler.handle(record(0, 1, "\"id\":\"a\",\"prompt\":\"hi\""));
    answers.suspend("a step takes too long");
    task.outcome().join();

    assertThat(told()).singleElement().asString().startsWith("WARN").contains("given back");
  }

  @Test
  void refusal_isALineWithoutThePrompt() {
    LeasedTask task =
        handler.handle(record(0, 1, "\"id\":\"a\",\"prompt\":\"secret\",\"temperature\":9"));
    task.outcome().join();

    assertThat(told())
        .contains(
            "INFO request ended [id=\"a\", attempt=\"1\", outcome=\"invalid\","
                + " prompt_tokens=\"0\", completion_tokens=\"0\"]")
        .allSatisfy(line -> assertThat(line).doesNotContain("secret"));
  }

  private List<String> told() {
    return lines.list.stream()
        .map(
            event -> {
              List<?> pairs = event.getKeyValuePairs();
              return event.getLevel()
                  + " "
                  + event.getFormattedMessage()
                  + " "
                  + (pairs == null ? List.of() : pairs);
            })
        .toList();
  }
}
