package io.millrace.api.callback;

import io.millrace.api.jobs.Job;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/** The sender of callbacks: one POST each, which follows no redirect. */
final class CallbackSender {
  private static final Logger log = LoggerFactory.getLogger(CallbackSender.class);
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final int FIRST_REDIRECT = 300;
  private static final int OK = 200;

  private final CallbackSigner signer;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .connectTimeout(CONNECT_TIMEOUT)
          .build();

  CallbackSender(CallbackSigner signer) {
    this.signer = signer;
  }

  /**
   * What is sent.
   *
   * @param type such as {@code job.succeeded}
   * @param timestamp when the job ended, in ISO 8601
   */
  record Payload(String type, String timestamp, Job data) {}

  /** Sends a job; whether it was taken, with a status from 200 to 299. */
  CompletableFuture<Boolean> send(String url, Job job, Instant endedAt) {
    String type = "job." + job.summary().status().label();
    byte[] body = JSON.writeValueAsBytes(new Payload(type, endedAt.toString(), job));
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url))
            .timeout(TIMEOUT)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    String id = job.summary().id();
    signer.headers(id, Instant.now(), body).forEach(request::header);
    return client
        .sendAsync(request.build(), HttpResponse.BodyHandlers.discarding())
        .handle(
            (response, error) -> {
              if (error != null) {
                log.info("the callback of {} was not sent: {}", id, error.toString());
                return false;
              }
              int status = response.statusCode();
              boolean taken = status >= OK && status < FIRST_REDIRECT;
              if (!taken) {
                log.info("the callback of {} was not taken: status {}", id, status);
              }
              return taken;
            });
  }
}
