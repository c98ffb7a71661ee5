package io.millrace.standalone.models;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.standalone.models.ModelsFixture.Run;
import io.millrace.testing.FakeHub;
import io.millrace.testing.HubCacheWriter;
import io.millrace.testing.TinyCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PullModelCommandTest {
  private static final String WEIGHTS = "model.safetensors";

  @TempDir private Path folder;
  private final FakeHub server = new FakeHub();
  private ModelsFixture models;
  private byte[] weights = {};

  @BeforeEach
  void publish() throws IOException {
    models = new ModelsFixture(folder);
    models.hub(server.endpoint().toString());
    Path tiny = TinyCheckpoint.llama().writeTo(folder.resolve("tiny"));
    weights = Files.readAllBytes(tiny.resolve(WEIGHTS));
    try (Stream<Path> files = Files.list(tiny)) {
      for (Path file : files.filter(it -> !it.endsWith(WEIGHTS)).toList()) {
        server.small(file.getFileName().toString(), Files.readString(file));
      }
    }
    server.large(WEIGHTS, weights).small("README.md", "---\nlicense: mit\n---\n");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void pull_endsWithWhatItIsAndItsPath() {
    Path snapshot = new HubCacheWriter(models.cache(), true).snapshot("acme/tiny", FakeHub.COMMIT);
    Run first = models.run("pull", "acme/tiny");
    assertThat(first.exitCode()).as(first.err()).isZero();
    assertThat(first.lines()).hasSize(2);
    assertThat(first.lines().get(0))
        .matches(
            "acme/tiny is fetched: llama, \\S+K parameters, F32, context of 512 tokens,"
                + " licence mit");
    assertThat(first.lines().get(1)).isEqualTo(snapshot.toString());
    int requests = server.seen.size();
    Run again = models.run("pull", "acme/tiny");
    assertThat(again.lines().get(0)).startsWith("acme/tiny is there already: llama, ");
    assertThat(again.lines().get(1)).isEqualTo(snapshot.toString());
    assertThat(server.seen).hasSize(requests);
  }

  @Test
  void pull_goesOnWhereItBrokeOff() throws IOException {
    Path part =
        models.cache().resolve("models--acme--tiny/blobs/" + server.etag(WEIGHTS) + ".incomplete");
    Files.createDirectories(part.getParent());
    Files.write(part, Arrays.copyOf(weights, 1000));
    assertThat(models.run("list").lines())
        .anyMatch(it -> it.matches("acme/tiny +- +1\\.0 kB .*millrace models pull acme/tiny"));
    Run run = models.run("pull", "acme/tiny");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(server.seen).anyMatch(seen -> "bytes=1000-".equals(seen.range()));
    assertThat(Path.of(run.lines().get(1)).resolve(WEIGHTS)).hasBinaryContent(weights);
  }

  @Test
  void pull_whatTheHubDoesNotHave_isRefused() {
    Run run = models.run("pull", "acme/other");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .contains("the model acme/other cannot be had")
        .contains("there is no model acme/other (404)");
  }

  @Test
  void pull_ofAFolder_hasNothingToDo() {
    Run run = models.run("pull", folder.resolve("tiny").toString());
    assertThat(run.exitCode()).isZero();
    assertThat(run.lines().get(0)).contains(" is there already: llama, ");
    assertThat(server.seen).isEmpty();
  }
}
