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
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The api with a certificate, behind a proxy. */
class HttpsIT {
  private static final String PASSWORD = "password";
  private static final String ALIAS = "api";

  @TempDir Path folder;

  @Test
  void service_isSeenWhereItSaysItIs() throws Exception {
    KeyStore keys = selfSigned(folder.resolve("keys.p12"));
    Path key = folder.resolve("key.pem");
    Path certificate = folder.resolve("cert.pem");
    write(key, "PRIVATE KEY", keys.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded());
    write(certificate, "CERTIFICATE", keys.getCertificate(ALIAS).getEncoded());
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

      HttpClient client = HttpClient.newBuilder().sslContext(trusting(keys)).build();
      HttpRequest ping = HttpRequest.newBuilder(URI.create(url + "/ping")).build();
      assertThat(client.send(ping, BodyHandlers.ofString()).body()).contains("Healthy");
    }
  }

  private static KeyStore selfSigned(Path file) throws Exception {
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keystore",
                file.toString(),
                "-storepass",
                PASSWORD,
                "-alias",
                ALIAS,
                "-keyalg",
                "EC",
                "-dname",
                "CN=millrace",
                "-ext",
                "SAN=IP:127.0.0.1")
            .inheritIO()
            .start();
    assertThat(keytool.waitFor()).isZero();
    return KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
  }

  private static void write(Path file, String label, byte[] der) throws Exception {
    String base64 = Base64.getMimeEncoder().encodeToString(der);
    Files.writeString(
        file, "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(label, base64, label));
  }

  private static SSLContext trusting(KeyStore keys) throws Exception {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    trusted.setCertificateEntry(ALIAS, keys.getCertificate(ALIAS));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }
}
