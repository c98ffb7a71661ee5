package io.millrace.standalone;

import static io.millrace.standalone.CommandRun.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import io.millrace.api.ApiCommand;
import io.millrace.worker.WorkerCommand;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A broker that wants TLS, a login and rights: the documented settings suffice, and others not. */
class SecuredKafkaIT {
  private static final String MODEL = "org/secured";
  private static final String API = "millrace-api";
  private static final String WORKER = "millrace-worker";
  private static final String PROGRAM = "millrace-client";

  /** What a client says of its settings and of its login, and the broker of rights. */
  private static final Map<String, Level> EVERYTHING =
      Map.of(
          "ROOT", Level.INFO,
          "io.millrace", Level.DEBUG,
          "org.springframework", Level.DEBUG,
          "org.apache.kafka.clients", Level.DEBUG,
          "org.apache.kafka.common", Level.DEBUG,
          "kafka.authorizer.logger", Level.INFO);

  @TempDir static Path folder;
  private static SecuredBroker broker;

  @BeforeAll
  static void start() throws Exception {
    broker = new SecuredBroker(folder);
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @ParameterizedTest
  @CsvSource({"SCRAM, SCRAM, SCRAM", "MTLS, OAUTH, OAUTH"})
  void apiWorkerAndProgram_workWithTheirRightsAlone_andTellNoSecret(
      KafkaLogin ofApi, KafkaLogin ofWorker, KafkaLogin ofProgram) throws Exception {
    String log;
    try (LogCapture capture = new LogCapture(EVERYTHING)) {
      try (JobsApi api =
              new JobsApi(broker.options(ofApi, API), MODEL, "--api-key=sk-of-nobody-else");
          SecuredProgram program = new SecuredProgram(broker.client(ofProgram, PROGRAM), MODEL)) {
        program.ask("{\"prompt\":\"echo from afar\"}");
        awaitBacklog(api);
        try (WorkerFixture worker = new WorkerFixture(broker.options(ofWorker, WORKER), MODEL)) {
          assertThat(program.answer()).contains("from afar");
          answersEverything(api, program, worker);
        }
      }
      log = capture.text();
    }
    assertThat(log).contains("ProducerConfig values", "ShareConsumerConfig values");
    assertThat(broker.secrets()).isNotEmpty().allMatch(secret -> !log.contains(secret));
    assertThat(log).doesNotContain("sk-of-nobody-else");
    assertThat(log.lines().filter(line -> line.contains("Denied"))).isEmpty();
  }

  /** What waits for a model is told while it has no worker. */
  private static void awaitBacklog(JobsApi api) throws Exception {
    String waits = "millrace_queue_backlog{model_name=\"%s\"} 1.0".formatted(MODEL);
    while (!api.get("/metrics").body().contains(waits)) {
      Thread.onSpinWait();
    }
  }

  private static void answersEverything(JobsApi api, SecuredProgram program, WorkerFixture worker)
      throws Exception {
    String key = "Authorization";
    String bearer = "Bearer sk-of-nobody-else";
    assertThat(api.post("/v1/completions", "{\"prompt\":\"echo a b\"}", key, bearer).body())
        .contains("a b");
    String job =
        "{\"endpoint\":\"/v1/completions\",\"class\":\"batch\",\"body\":{\"prompt\":\"echo c\"}}";
    String id = JobsApi.json(api.post("/v1/jobs", job, key, bearer)).get("id").stringValue();
    assertThat(api.get("/v1/jobs/" + id + "/events", key, bearer).body()).contains("[DONE]");
    program.ask("{\"id\":\"held\",\"prompt\":\"hold a b\"}");
    program.cancel("held");
    assertThat(program.answer()).contains("cancelled");
    program.ask("{\"prompt\":");
    while (worker.count("millrace.dead.letters") < 1) {
      Thread.onSpinWait();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SCRAM | sasl.mechanism=PLAIN | Kafka at ADDRESS refuses the login: ",
        "SCRAM | sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required"
            + " username=\"millrace-api\" password=\"wrong\"; | Kafka at ADDRESS refuses the login:"
            + " Authentication failed during authentication due to invalid credentials with SASL"
            + " mechanism SCRAM-SHA-512 (--kafka-properties: sasl.mechanism, sasl.jaas.config)",
        "SCRAM | ssl.truststore.location=FOLDER/users.crt | no TLS with Kafka at ADDRESS: ",
        "SCRAM | ssl.truststore.location=FOLDER/no.crt | cannot use Kafka at ADDRESS: FOLDER/no.crt",
        "SCRAM | sasl.jaas.config=${dir:FOLDER/elsewhere:password} | cannot use Kafka at ADDRESS: Login"
            + " module control flag is not available in the JAAS config (--kafka-properties)",
        "MTLS | ssl.keystore.type=JKS | cannot use Kafka at ADDRESS: ",
        "OAUTH | sasl.oauthbearer.token.endpoint.url=file:FOLDER/no.token | cannot use Kafka at ADDRESS: "
      })
  void wrongSetting_isToldInOneLine(KafkaLogin login, String setting, String message)
      throws Exception {
    Path file = broker.properties(login, API);
    Files.writeString(file, Files.readString(file) + setting.replace("FOLDER", folder.toString()));
    for (Object command : List.of(new ApiCommand(), new WorkerCommand())) {
      assertRefused(refusal(command, login, file), expected(message, login));
    }
  }

  @Test
  void clientWithoutSettings_isToldWhichItNeeds() throws Exception {
    Path hasty =
        Files.writeString(
            folder.resolve("hasty.properties"),
            "default.api.timeout.ms=800\nrequest.timeout.ms=400\n");
    assertRefused(
        refusal(new WorkerCommand(), KafkaLogin.SCRAM, hasty),
        expected(
            "no Kafka broker answers at ADDRESS; one that wants TLS answers only with"
                + " security.protocol in --kafka-properties",
            KafkaLogin.SCRAM));
  }

  @Test
  void userWithoutRights_isToldInOneLine() throws Exception {
    String message =
        "cannot see topic millrace.requests.model.interactive at ADDRESS: Topic authorization"
            + " failed. (docs/kafka.md lists the rights)";
    for (Object command : List.of(new ApiCommand(), new WorkerCommand())) {
      Path file = broker.properties(KafkaLogin.MTLS, SecuredBroker.NOBODY);
      assertRefused(refusal(command, KafkaLogin.MTLS, file), expected(message, KafkaLogin.MTLS));
    }
    Properties nobody = broker.client(KafkaLogin.MTLS, SecuredBroker.NOBODY);
    try (SecuredProgram program = new SecuredProgram(nobody, MODEL)) {
      assertThatThrownBy(() -> program.ask("{\"prompt\":\"echo\"}"))
          .hasCauseInstanceOf(TopicAuthorizationException.class);
    }
  }

  private static List<String> refusal(Object command, KafkaLogin login, Path properties) {
    return CommandRun.refusal(
        command,
        "--model=/no/such/model",
        "--bootstrap-servers=" + broker.address(login),
        "--kafka-properties=" + properties);
  }

  private static String expected(String message, KafkaLogin login) {
    return message.replace("ADDRESS", broker.address(login)).replace("FOLDER", folder.toString());
  }

  @Test
  void manifest_hasTheDocumentedSettings() throws Exception {
    String manifest = String.join("\n", Checkout.lines("k8s/components/kafka/kafka.properties"));
    assertThat(settings(manifest)).isEqualTo(settings(KafkaLogin.SCRAM.documented()));
  }

  private static Properties settings(String text) throws Exception {
    Properties settings = new Properties();
    settings.load(new StringReader(text));
    return settings;
  }
}
