package io.millrace.endtoend.chaos;

import io.millrace.testing.EventReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The jobs of a run: submitted to any api under a key, until one says that it has taken it; half of
 * them followed by their events; and looked at, at any api, until they have ended.
 */
final class Jobs {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final long LOOK_MILLIS = 400;
  private static final int OK = 200;
  private static final int ACCEPTED = 202;
  private static final Set<String> OPEN = Set.of("queued", "running");

  private final List<URI> apis;
  private final Tally tally;
  private final Duration deadline;
  private final Map<String, Asked> done = new ConcurrentHashMap<>();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** A job that has ended as it should. */
  private record Asked(Question question, String answer) {}

  Jobs(List<URI> apis, Tally tally, Duration deadline) {
    this.apis = apis;
    this.tally = tally;
    this.deadline = deadline;
  }

  private URI api() {
    return apis.get(ThreadLocalRandom.current().nextInt(apis.size()));
  }

  /** Submits a job and waits for its end. */
  void ask(Question question, String answer) throws InterruptedException {
    long end = System.nanoTime() + deadline.toNanos();
    String id = submit(question, end);
    if (id == null) {
      return;
    }
    tally.asked(Asker.JOB);
    if (ThreadLocalRandom.current().nextBoolean()) {
      follow(id, end);
    }
    if (check(id, question, answer, end)) {
      tally.answered(Asker.JOB);
      done.put(id, new Asked(question, answer));
    }
  }

  /** The id; null if nobody has taken it. */
  private @Nullable String submit(Question question, long end) throws InterruptedException {
    String key = UUID.randomUUID().toString();
    while (System.nanoTime() < end) {
      HttpResponse<String> response =
          send(
              HttpRequest.newBuilder(api().resolve("/v1/jobs"))
                  .header("Content-Type", "application/json")
                  .header("Idempotency-Key", key)
                  .POST(BodyPublishers.ofString(question.job())));
      if (response != null && response.statusCode() == ACCEPTED) {
        return JSON.readTree(response.body()).path("id").asString();
      }
      pause();
    }
    return null;
  }

  /** The response; null where there is no api, or none that can answer now. */
  private @Nullable HttpResponse<String> send(HttpRequest.Builder request)
      throws InterruptedException {
    try {
      HttpResponse<String> response =
          client.send(request.timeout(PATIENCE).build(), BodyHandlers.ofString());
      if (response.statusCode() != OK && response.statusCode() != ACCEPTED) {
        tally.refused();
        tally.say("job refused: %d %s".formatted(response.statusCode(), response.body().strip()));
      }
      return response;
    } catch (IOException e) {
      return null;
    }
  }

  private static void pause() throws InterruptedException {
    Thread.sleep(ThreadLocalRandom.current().nextLong(LOOK_MILLIS));
  }

  /** Reads the events, and goes on elsewhere where that is cut. */
  private void follow(String id, long end) throws InterruptedException {
    Set<String> ids = new HashSet<>();
    String last = null;
    boolean ended = false;
    while (!ended && System.nanoTime() < end) {
      URI events = api().resolve("/v1/jobs/" + id + "/events");
      try (EventReader reader = EventReader.open(events, last)) {
        if (reader.status() != OK) {
          tally.refused();
          tally.say("events refused: %d %s".formatted(reader.status(), reader.body()));
          pause();
          continue;
        }
        if (last != null) {
          tally.reconnected();
        }
        ScheduledFuture<?> late = Timers.closeAt(reader, end);
        for (EventReader.Event event = reader.next(); event != null; event = reader.next()) {
          last = event.id();
          if (!ids.add(last)) {
            tally.violation(Tally.Violation.DOUBLED, Asker.JOB, id, "event " + last);
          }
        }
        late.cancel(false);
        ended = true;
      } catch (IOException cut) {
        pause();
      }
    }
  }

  /** Whether a job ends as it should. */
  private boolean check(String id, Question question, String answer, long end)
      throws InterruptedException {
    JsonNode job = JSON.missingNode();
    while (System.nanoTime() < end) {
      HttpResponse<String> response = send(HttpRequest.newBuilder(api().resolve("/v1/jobs/" + id)));
      if (response != null && response.statusCode() == OK) {
        job = JSON.readTree(response.body());
        if (!OPEN.contains(job.path("status").asString())) {
          return verify(id, question, answer, job);
        }
      }
      pause();
    }
    tally.violation(Tally.Violation.LOST, Asker.JOB, id, "late: " + job);
    return false;
  }

  private boolean verify(String id, Question question, String answer, JsonNode job) {
    if (!job.path("status").asString().equals("succeeded")) {
      tally.violation(Tally.Violation.LOST, Asker.JOB, id, job.toString());
      return false;
    }
    String text = question.form().whole(job.at("/response/body"));
    if (!text.equals(answer)) {
      tally.violation(Tally.Violation.WRONG, Asker.JOB, id, Difference.of(text, answer));
      return false;
    }
    return true;
  }

  /** Looks at all of them once more: none may be forgotten. */
  void checkAgain() throws InterruptedException {
    long end = System.nanoTime() + deadline.toNanos();
    for (var job : done.entrySet()) {
      check(job.getKey(), job.getValue().question(), job.getValue().answer(), end);
    }
    tally.say("jobs looked at again: " + done.size());
  }
}
