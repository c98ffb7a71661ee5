package io.millrace.endtoend.chaos;

import io.millrace.testing.EventReader;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client of streams, which goes on with one that is cut, at any api. */
final class StreamClient implements Load.Client {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final long RETRY_MILLIS = 200;
  private static final int OK = 200;
  private static final Set<Integer> COME_AGAIN = Set.of(429, 502, 503);

  private final List<URI> apis;
  private final Tally tally;
  private final Duration deadline;

  StreamClient(List<URI> apis, Tally tally, Duration deadline) {
    this.apis = apis;
    this.tally = tally;
    this.deadline = deadline;
  }

  /** What a client has had of one stream. */
  private static final class Heard {
    private final Question question;
    private final StringBuilder text = new StringBuilder();
    private final Set<String> ids = new HashSet<>();
    private @Nullable String lastId;
    private @Nullable String failure;
    private boolean ended;
    private int doubled;

    private Heard(Question question) {
      this.question = question;
    }

    private boolean isAcknowledged() {
      return lastId != null;
    }

    private boolean isOver() {
      return ended || failure != null;
    }

    private void take(EventReader.Event event) {
      boolean done = event.data().equals("[DONE]");
      JsonNode data = done ? JSON.createObjectNode() : JSON.readTree(event.data());
      String type = data.path("type").asString("");
      if (data.path("error").isObject() || type.equals("response.failed")) {
        // It has no id of its own.
        failure = event.data();
        return;
      }
      lastId = event.id();
      if (!ids.add(event.id())) {
        doubled++;
      }
      ended =
          done
              || Set.of("message_stop", "response.completed", "response.incomplete").contains(type);
      text.append(question.form().piece(data));
    }
  }

  /** The answer to a question while nothing is disturbed. */
  String answer(Question question) throws InterruptedException {
    Heard heard = hear(question);
    return heard.ended ? heard.text.toString() : "";
  }

  @Override
  public void ask(Question question, String answer) throws InterruptedException {
    Heard heard = hear(question);
    if (!heard.isAcknowledged()) {
      return;
    }
    tally.asked(Asker.STREAM);
    String id = question.form() + " " + heard.lastId;
    String text = heard.text.toString();
    if (heard.doubled > 0) {
      tally.violation(Tally.Violation.DOUBLED, Asker.STREAM, id, heard.doubled + " ids");
    }
    if (!heard.ended) {
      tally.violation(
          Tally.Violation.LOST, Asker.STREAM, id, heard.failure == null ? "late" : heard.failure);
    } else if (!text.equals(answer)) {
      tally.violation(Tally.Violation.WRONG, Asker.STREAM, id, Difference.of(text, answer));
    } else if (heard.doubled == 0) {
      tally.answered(Asker.STREAM);
    }
  }

  /** Reads a stream to its end, or as long as it may take. */
  private Heard hear(Question question) throws InterruptedException {
    Heard heard = new Heard(question);
    long end = System.nanoTime() + deadline.toNanos();
    while (!heard.isOver() && System.nanoTime() < end) {
      URI api = apis.get(ThreadLocalRandom.current().nextInt(apis.size()));
      boolean resumed = heard.isAcknowledged();
      try (EventReader reader =
          EventReader.open(
              api.resolve(question.form().path()), question.body(true), heard.lastId)) {
        if (reader.status() == OK) {
          if (resumed) {
            tally.reconnected();
          }
          read(reader, heard, end);
        } else {
          refused(reader, heard);
        }
      } catch (IOException cut) {
        // It is gone on with, if it has begun.
      }
      if (!heard.isOver()) {
        Thread.sleep(ThreadLocalRandom.current().nextLong(RETRY_MILLIS));
      }
    }
    return heard;
  }

  private void refused(EventReader reader, Heard heard) throws IOException {
    if (COME_AGAIN.contains(reader.status())) {
      tally.refused();
    } else {
      heard.failure = reader.status() + " " + reader.body();
      if (!heard.isAcknowledged()) {
        tally.violation(
            Tally.Violation.LOST, Asker.STREAM, "not begun", String.valueOf(heard.failure));
      }
    }
  }

  private static void read(EventReader reader, Heard heard, long end) throws IOException {
    ScheduledFuture<?> late = Timers.closeAt(reader, end);
    try {
      heard.lastId = reader.lastId();
      for (EventReader.Event event = reader.next(); event != null; event = reader.next()) {
        if (heard.ended) {
          heard.doubled++;
        }
        heard.take(event);
      }
    } finally {
      late.cancel(false);
    }
  }
}
