package io.millrace.standalone;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.MultipartField;
import com.openai.core.http.HttpResponse;
import com.openai.models.batches.Batch;
import com.openai.models.batches.BatchCreateParams;
import com.openai.models.files.FileCreateParams;
import com.openai.models.files.FileObject;
import com.openai.models.files.FilePurpose;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** OpenAI's client, as whoever has batches uses it. */
final class BatchClient implements AutoCloseable {
  private static final Set<Batch.Status> ENDS =
      Set.of(
          Batch.Status.FAILED,
          Batch.Status.COMPLETED,
          Batch.Status.EXPIRED,
          Batch.Status.CANCELLED);

  final OpenAIClient openai;

  BatchClient(URI api) {
    openai = OpenAIOkHttpClient.builder().baseUrl(api + "/v1").apiKey("none").build();
  }

  /** Lines with the same prompt, called {@code row-1} and so on. */
  static String lines(int count, String model, String prompt) {
    return IntStream.rangeClosed(1, count)
        .mapToObj(row -> line("row-" + row, model, prompt))
        .collect(Collectors.joining("\n"));
  }

  static String line(String customId, String model, String prompt) {
    return """
    {"custom_id":"%s","method":"POST","url":"/v1/completions","body":{"model":"%s","prompt":"%s"}}"""
        .formatted(customId, model, prompt);
  }

  FileObject upload(String content) {
    InputStream bytes = new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8));
    return openai
        .files()
        .create(
            FileCreateParams.builder()
                .purpose(FilePurpose.BATCH)
                .file(
                    MultipartField.<InputStream>builder()
                        .value(bytes)
                        .filename("rows.jsonl")
                        .build())
                .build());
  }

  Batch create(String content, String window) {
    return openai
        .batches()
        .create(
            BatchCreateParams.builder()
                .inputFileId(upload(content).id())
                .endpoint(BatchCreateParams.Endpoint.V1_COMPLETIONS)
                .completionWindow(BatchCreateParams.CompletionWindow.of(window))
                .build());
  }

  Batch get(String id) {
    return openai.batches().retrieve(id);
  }

  /** Waits until some requests of a batch are answered. */
  void awaitCompleted(String id, long count) {
    while (get(id).requestCounts().orElseThrow().completed() < count) {
      Thread.onSpinWait();
    }
  }

  /** A batch at its end. */
  Batch ended(String id) {
    Batch batch = get(id);
    while (!ENDS.contains(batch.status())) {
      batch = get(id);
    }
    return batch;
  }

  /** The lines of a file that a batch gives back; none if there is no file. */
  List<JsonNode> lines(Optional<String> file) throws Exception {
    List<JsonNode> lines = new ArrayList<>();
    if (file.isPresent()) {
      for (String line : content(file.get()).split("\n", -1)) {
        if (!line.isEmpty()) {
          lines.add(JsonMapper.shared().readTree(line));
        }
      }
    }
    return lines;
  }

  String content(String file) throws Exception {
    try (HttpResponse response = openai.files().content(file)) {
      return new String(response.body().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Override
  public void close() {
    openai.close();
  }
}
