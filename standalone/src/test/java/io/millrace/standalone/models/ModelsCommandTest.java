package io.millrace.standalone.models;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.standalone.models.ModelsFixture.Run;
import io.millrace.testing.HubCacheWriter;
import io.millrace.testing.TinyCheckpoint;
import io.millrace.testing.TinyGguf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ModelsCommandTest {
  private static final String ONE = "1111111111111111111111111111111111111111";

  @TempDir private Path folder;
  private ModelsFixture models;
  private HubCacheWriter writer;

  @BeforeEach
  void layOut() {
    models = new ModelsFixture(folder);
    writer = new HubCacheWriter(models.cache(), true);
  }

  /** A model with a licence, a GGUF model, one that is begun, and four things that are none. */
  private void fill() throws IOException {
    Path tiny = TinyCheckpoint.llama().writeTo(folder.resolve("tiny"));
    Files.writeString(tiny.resolve("README.md"), "---\nlicense: apache-2.0\n---\n# tiny");
    writer.folder("acme/tiny", ONE, tiny).ref("acme/tiny", "main", ONE);
    byte[] gguf = TinyGguf.bytes(TinyCheckpoint.llama());
    writer.file("acme/q", ONE, "tiny.gguf", gguf).ref("acme/q", "main", ONE);
    writer
        .text("acme/begun", ONE, "config.json", TinyCheckpoint.llama().config().toString())
        .ref("acme/begun", "main", ONE)
        .incomplete("acme/begun", "abc", 2_000_000);
    Path bert = TinyCheckpoint.llama().writeTo(folder.resolve("bert"));
    Files.writeString(bert.resolve("config.json"), "{\"architectures\":[\"BertModel\"]}");
    writer.folder("acme/bert", ONE, bert);
    writer.text("acme/half-bert", ONE, "config.json", "{\"architectures\":[\"BertModel\"]}");
    writer.text("acme/adapter", ONE, "adapter_config.json", "{}");
    Files.createDirectories(models.cache().resolve("datasets--acme--texts"));
  }

  @Test
  void list_emptyCache_saysHowToFillIt() {
    Run run = models.run("list");
    assertThat(run.exitCode()).isZero();
    assertThat(run.lines())
        .containsExactly(
            "no models in %s; 'millrace models pull default' fetches one"
                .formatted(models.cache()));
  }

  @Test
  void list_isATableOfWhatIsServed() throws IOException {
    fill();
    Run run = models.run("list");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.lines()).hasSize(5);
    assertThat(run.lines().get(0))
        .matches("MODEL +REVISION +SIZE +FETCHED +FAMILY +PARAMETERS +TYPE +CONTEXT +LICENCE");
    assertThat(run.lines().get(1))
        .matches(
            "acme/begun +1111111 +2\\.0 MB +\\d{4}-\\d\\d-\\d\\d +"
                + "incomplete; to go on: millrace models pull acme/begun");
    assertThat(run.lines().get(2)).matches("acme/q +1111111 .* llama +\\S+K +F32 +512 +not told");
    assertThat(run.lines().get(3))
        .matches("acme/tiny +1111111 .* llama +\\S+K +F32 +512 +apache-2\\.0");
    assertThat(run.lines().get(4))
        .isEqualTo("4 more repositories are not models that Millrace serves (--all shows them)");
  }

  @Test
  void list_all_saysWhyTheOthersAreNotServed() throws IOException {
    fill();
    Run run = models.run("list", "--all");
    assertThat(run.lines())
        .hasSize(8)
        .anyMatch(it -> it.matches("acme/bert@1111111 .*architecture BertModel is not supported.*"))
        .anyMatch(it -> it.matches("acme/half-bert@1111111 .*BertModel is not supported.*"))
        .anyMatch(it -> it.matches("acme/adapter@1111111 .*it has neither a configuration nor.*"))
        .contains("datasets/acme/texts  not served: it is no model");
  }

  @Test
  void list_json_hasTheSame() throws IOException {
    fill();
    JsonNode told = JsonMapper.shared().readTree(models.run("list", "--json").out());
    assertThat(told.path("cache").asString()).isEqualTo(models.cache().toString());
    assertThat(told.path("not_served").asInt()).isEqualTo(3);
    assertThat(told.path("other_repositories").toString()).isEqualTo("[\"datasets/acme/texts\"]");
    assertThat(told.path("models").valueStream().map(it -> it.path("name").asString()))
        .containsExactly("acme/begun", "acme/q", "acme/tiny");
    assertThat(told.at("/models/0/status").asString()).isEqualTo("incomplete");
    assertThat(told.at("/models/0/family").isNull()).isTrue();
    JsonNode tiny = told.at("/models/2");
    assertThat(tiny.path("status").asString()).isEqualTo("ready");
    assertThat(tiny.path("revision").asString()).isEqualTo(ONE);
    assertThat(tiny.path("refs").toString()).isEqualTo("[\"main\"]");
    assertThat(tiny.path("family").asString()).isEqualTo("llama");
    assertThat(tiny.path("type").asString()).isEqualTo("F32");
    assertThat(tiny.path("context_length").asInt()).isEqualTo(512);
    assertThat(tiny.path("license").asString()).isEqualTo("apache-2.0");
    assertThat(tiny.path("path").asString())
        .isEqualTo(writer.snapshot("acme/tiny", ONE).toString());
    assertThat(tiny.path("parameters").asLong())
        .isEqualTo(
            TinyCheckpoint.llama().tensors().stream().mapToLong(it -> it.values().length).sum());
  }

  @Test
  void show_tellsWhatTheFilesSay() throws IOException {
    fill();
    Run run = models.run("show", "acme/tiny");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.lines())
        .contains(
            "model        acme/tiny",
            "revision     " + ONE + " (main)",
            "path         " + writer.snapshot("acme/tiny", ONE),
            "licence      apache-2.0",
            "family       llama (LlamaForCausalLM)",
            "layers       2 of width 64",
            "heads        4, and 2 of keys and values",
            "vocabulary   384 tokens",
            "context      512 tokens",
            "template     yes: default",
            "tool calls   the template shows none")
        .anyMatch(line -> line.matches("tensors +F32: 21 tensors, \\S+K parameters, \\S+ kB"))
        .anyMatch(line -> line.matches("memory +\\S+ kB as float32, \\S+ kB as bfloat16 or .*"))
        .anyMatch(line -> line.matches("file +config.json +\\d+ B"))
        .anyMatch(line -> line.matches("file +model.safetensors +\\S+ kB"));
  }

  @Test
  void show_json_hasTheSame() throws IOException {
    fill();
    JsonNode told = JsonMapper.shared().readTree(models.run("show", "acme/q", "--json").out());
    assertThat(told.path("revision").asString()).isEqualTo(ONE);
    assertThat(told.path("license").isNull()).isTrue();
    assertThat(told.at("/description/layers").asInt()).isEqualTo(2);
    assertThat(told.at("/description/kv_heads").asInt()).isEqualTo(2);
    assertThat(told.at("/description/vocabulary_size").asInt()).isEqualTo(384);
    assertThat(told.at("/description/tensor_types/0/type").asString()).isEqualTo("F32");
    assertThat(told.at("/description/chat_templates").toString()).isEqualTo("[\"default\"]");
    assertThat(told.at("/weight_memory/float32").asLong())
        .isEqualTo(2 * told.at("/weight_memory/bfloat16").asLong());
    assertThat(told.at("/files/0/name").asString()).isEqualTo("tiny.gguf");
  }

  @Test
  void show_folderAndFile_needNoCache() throws IOException {
    Path tiny = TinyCheckpoint.llama().writeTo(folder.resolve("tiny"));
    assertThat(models.run("show", tiny.toString()).lines())
        .contains("licence      not told", "layers       2 of width 64")
        .noneMatch(line -> line.startsWith("revision"));
    Path gguf = folder.resolve("tiny.gguf");
    Files.write(gguf, TinyGguf.bytes(TinyCheckpoint.llama()));
    assertThat(models.run("show", gguf.toString()).lines())
        .contains("path         " + gguf, "family       llama (LlamaForCausalLM)");
  }

  @Test
  void show_whatIsNotServed_saysWhy() throws IOException {
    fill();
    assertThat(models.run("show", "acme/bert@1111111").lines())
        .anyMatch(it -> it.matches("not served +.*architecture BertModel is not supported.*"));
  }

  @Test
  void show_whatIsNotThere_isToldInOneLine() throws IOException {
    fill();
    assertRefused(
        models.run("show", "acme/begun"),
        "acme/begun is not all there, only 2.0 MB; 'millrace models pull acme/begun' goes on");
    assertRefused(
        models.run("show", "acme/tinny"),
        "there is no model acme/tinny in the cache %s; there is acme/tiny"
            .formatted(models.cache()));
    assertRefused(models.run("show", ""), "the model has no name");
  }

  @Test
  void remove_withoutTerminal_needsYes() throws IOException {
    fill();
    Run run = models.run("remove", "acme/q");
    assertRefused(run, "--yes must be given to remove acme/q at 1111111, ");
    assertThat(writer.repository("acme/q")).exists();
    Run yes = models.run("remove", "acme/q", "acme/begun", "--yes");
    assertThat(yes.exitCode()).as(yes.err()).isZero();
    assertThat(yes.lines()).hasSize(2);
    assertThat(yes.lines().get(0)).matches("removed acme/q at 1111111: \\S+ kB freed");
    assertThat(yes.lines().get(1)).isEqualTo("removed acme/begun at 1111111: 2.0 MB freed");
    assertThat(writer.repository("acme/q")).doesNotExist();
    assertThat(writer.repository("acme/begun")).doesNotExist();
    assertThat(writer.repository("acme/tiny")).exists();
  }

  @Test
  void remove_onTerminal_asks() throws IOException {
    fill();
    models.person(false);
    Run no = models.run("remove", "acme/begun");
    assertThat(no.exitCode()).isEqualTo(1);
    assertThat(no.lines()).containsExactly("acme/begun at 1111111 stays");
    assertThat(models.questions()).containsExactly("remove acme/begun at 1111111, 2.0 MB?");
    assertThat(writer.repository("acme/begun")).exists();
    models.person(true);
    assertThat(models.run("remove", "acme/begun").exitCode()).isZero();
    assertThat(writer.repository("acme/begun")).doesNotExist();
  }

  @Test
  void remove_oneWrongName_removesNothing() throws IOException {
    fill();
    assertRefused(
        models.run("remove", "acme/tiny", "acme/tinny", "--yes"),
        "there is no model acme/tinny in the cache");
    assertRefused(
        models.run("remove", folder.resolve("tiny").toString(), "--yes"),
        "is a file or folder of yours, not a name in the cache; it stays");
    assertThat(writer.repository("acme/tiny")).exists();
    assertThat(folder.resolve("tiny")).exists();
  }

  @Test
  void models_withoutCommand_namesThem() {
    assertRefused(models.run(), "a command is missing: list, pull, show, remove");
  }

  static void assertRefused(Run run, String message) {
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err().lines()).singleElement().asString().contains(message);
  }
}
