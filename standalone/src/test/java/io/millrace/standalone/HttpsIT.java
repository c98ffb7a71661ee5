package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.api.ApiService;
import io.millrace.api.options.ApiOptions;
import io.millrace.cli.ServedModel;
import io.millrace.kafka.KafkaOptions;
import io.millrace.protocol.LocalReplies;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The api with a certificate, behind a proxy. */
class HttpsIT {
  @TempDir Path folder;

  @Test
  void service_isSeenWhereItSaysItIs() throws Exception {
    SelfSigned keys = SelfSigned.of("millrace", folder.resolve("keys.p12"));
    Path key = keys.writeKey(folder.resolve("key.pem"));
    Path certificate = keys.writeCertificate(folder.resolve("cert.pem"));
    ApiOptions options = new ApiOptions();
    new CommandLine(options)
        .parseArgs(
            "--port=0", "--root-path=llm", "--ssl-keyfile=" + key, "--ssl-certfile=" + certificate);
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("kafka"), 0);
        var context =
            ApiService.start(
                options,
                new KafkaOptions().at(broker.bootstrapServers()),
                new ServedModel(),
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
                new LocalReplies())) {
      String url = ApiService.url(options, context);
      assertThat(url).isEqualTo("https://127.0.0.1:%d/llm".formatted(ApiService.port(context)));

      HttpClient client = HttpClient.newBuilder().sslContext(trusting(keys.certificate())).build();
      HttpRequest ping = HttpRequest.newBuilder(URI.create(url + "/ping")).build();
      assertThat(client.send(ping, BodyHandlers.ofString()).body()).contains("Healthy");
    }
  }

  private static SSLContext trusting(Certificate certificate) throws Exception {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    trusted.setCertificateEntry("api", certificate);
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }
}
