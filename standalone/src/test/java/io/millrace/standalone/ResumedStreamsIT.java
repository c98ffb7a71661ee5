package io.millrace.standalone;

import static io.millrace.standalone.ServedApi.accepted;
import static io.millrace.standalone.ServedApi.delta;
import static io.millrace.standalone.ServedApi.rest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.kafka.Admins;
import io.millrace.kafka.KafkaCluster;
import io.millrace.protocol.GenerationRequest;
import io.millrace.testing.EventReader;
import io.millrace.testing.EventReader.Event;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Streams that are gone on with at the api that has begun them. */
class ResumedStreamsIT {
  private static final Pattern WORD = Pattern.compile("\"(?:text|content|delta)\":\"([^\"]*)\"");

  private static final String QUESTION = "{\"prompt\":\"x\",\"stream\":true}";
  private static final String PATH = "/v1/completions";

  private static ServedApi api;
  private static ScriptedWorker worker;

  @BeforeAll
  static void start() {
    api = SharedApi.get();
    worker = api.worker();
  }

  @BeforeEach
  void answerInPieces() {
    worker.onRequest(
        request ->
            worker.reply(
                request,
                accepted(request, 1),
                delta(request, 1, 1, "a"),
                delta(request, 1, 2, "b"),
                accepted(request, 2),
                delta(request, 2, 2, "b"),
                delta(request, 2, 3, "c"),
                rest(request, 2, 4, "d")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          /v1/completions | {"prompt":"x","stream":true,"stream_options":{"include_usage":true}}
          /v1/chat/completions | {"messages":[{"role":"user","content":"x"}],"stream":true}
          /v1/responses | {"input":"x","stream":true}
          /v1/messages | {"messages":[{"role":"user","content":"x"}],"max_tokens":9,"stream":true}
          /completion | {"prompt":"x","stream":true}
          /chat | {"messages":[{"role":"user","content":"x"}],"stream":true}
          """)
  void stream_goesOnBehindEachOfItsEvents(String path, String body) throws Exception {
    List<Event> all;
    List<String> ids = new ArrayList<>();
    try (EventReader client = api.events(path, body, null)) {
      ids.add(client.lastId());
      all = client.rest();
    }
    all.forEach(event -> ids.add(event.id()));
    assertThat(ids).doesNotHaveDuplicates().hasSizeGreaterThan(4);
    for (int had = 0; had < ids.size(); had++) {
      try (EventReader client = api.events(path, body, ids.get(had))) {
        assertThat(client.status()).isEqualTo(200);
        assertThat(client.lastId()).isEqualTo(ids.get(had));
        assertGoesOn(client.rest(), all.subList(had, all.size()));
      }
    }
  }

  /** Events that come while the client is still written to are joined, and then say as much. */
  private static void assertGoesOn(List<Event> actual, List<Event> expected) {
    if (actual.size() < expected.size()) {
      assertThat(words(actual)).isEqualTo(words(expected));
      assertThat(actual)
          .last()
          .extracting(Event::name)
          .isEqualTo(expected.get(expected.size() - 1).name());
    } else {
      assertThat(actual).isEqualTo(expected);
    }
  }

  private static String words(List<Event> events) {
    return events.stream()
        .flatMap(event -> WORD.matcher(event.data()).results())
        .map(word -> word.group(1))
        .collect(Collectors.joining());
  }

  @Test
  void streamThatIsNotOver_isCutWhereItWas_andGoesOn() throws Exception {
    worker.onRequest(request -> worker.reply(request, delta(request, 1, 1, "a")));
    try (EventReader first = api.events(PATH, QUESTION, null)) {
      GenerationRequest request = worker.takenRequest();
      first.until("\"a\"");
      String id = first.lastId();
      CompletableFuture<List<Event>> second = CompletableFuture.supplyAsync(() -> after(id));
      // A stream is told to one client.
      assertThatThrownBy(first::rest).isInstanceOf(IOException.class);
      worker.reply(request, delta(request, 1, 2, "b"), rest(request, 1, 3, "c"));

      assertThat(second.join())
          .extracting(Event::data)
          .hasSize(4)
          .satisfies(data -> assertThat(data.get(0)).contains("\"text\":\"b\""))
          .satisfies(data -> assertThat(data.get(1)).contains("\"text\":\"c\""))
          .endsWith("[DONE]");
    }
  }

  private static List<Event> after(String id) {
    try (EventReader client = api.events(PATH, QUESTION, id)) {
      return client.rest();
    } catch (IOException | InterruptedException e) {
      throw new CompletionException(e);
    }
  }

  @Test
  void idsThatAreNone_areRefused() throws Exception {
    String id;
    try (EventReader client = api.events(PATH, QUESTION, null)) {
      client.rest();
      id = client.lastId();
    }
    refused(400, PATH, QUESTION, "7", "must be the id of an event of a stream, but is \\\"7\\\"");
    refused(400, PATH, QUESTION + " ", id, "asked for with another path or body");
    refused(400, "/completion", QUESTION, id, "asked for with another path or body");
    refused(400, PATH, "{\"prompt\":\"x\"}", id, "another path or body");
    String request = id.substring(0, 36);
    String stranger = "00000000-0000-4000-8000-000000000000";
    refused(
        404, PATH, QUESTION, id.replace(request, stranger), "no replies to request " + stranger);
    refused(404, PATH, QUESTION, id.replaceFirst("\\.\\w+-\\w+", ".zz-0"), "no partition 1295");
    refused(
        404, PATH, QUESTION, id.replaceFirst("(\\.\\w+)-\\w+", "$1-zzzzzz"), "there is no stream");
  }

  @Test
  void streamWhoseRepliesAreDeleted_isGone() throws Exception {
    GenerationRequest request;
    String id;
    try (EventReader client = api.events(PATH, QUESTION, null)) {
      request = worker.takenRequest();
      client.rest();
      id = client.lastId();
    }
    TopicPartition partition =
        new TopicPartition(request.reply().topic(), request.reply().partition());
    try (Admin admin = new KafkaCluster(api.bootstrapServers()).connect()) {
      long end =
          Admins.get(
                  admin
                      .listOffsets(Map.of(partition, OffsetSpec.latest()))
                      .partitionResult(partition))
              .offset();
      Admins.get(admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(end))).all());
    }
    refused(410, PATH, QUESTION, id, "its replies have been deleted");
  }

  private static void refused(int status, String path, String body, String id, String message)
      throws Exception {
    try (EventReader client = api.events(path, body, id)) {
      assertThat(client.body()).contains(message).contains("\"error\":{\"message\":");
      assertThat(client.status()).isEqualTo(status);
    }
  }
}
