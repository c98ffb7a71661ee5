package io.millrace.bench.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.cli.StartFailure;
import io.millrace.models.text.ModelText;
import io.millrace.testing.TinyCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import tools.jackson.databind.json.JsonMapper;

final class WorkloadTest {
  private static ModelText text;
  private static int special;

  @BeforeAll
  static void load(@TempDir Path folder) throws IOException {
    text = ModelText.load(TinyCheckpoint.llama().writeAllButWeights(folder));
    special = text.tokenizer().encode("", true).length;
  }

  @AfterAll
  static void close() {
    text.close();
  }

  @Test
  void random_hasTheLengthThatWasAskedFor() {
    List<PromptRequest> prompts =
        prompts("--num-prompts=20", "--random-input-len=50", "--random-output-len=9");

    assertThat(prompts).hasSize(20);
    assertThat(prompts)
        .allSatisfy(
            prompt -> {
              int[] read = text.tokenizer().encode(prompt.text(), true);
              assertThat(read).hasSize(50);
              assertThat(prompt.ids()).hasSize(50 - special);
              assertThat(prompt.promptTokens()).isEqualTo(50 - special);
              assertThat(prompt.outputTokens()).isEqualTo(9);
            });
    assertThat(prompts.stream().map(PromptRequest::text)).doesNotHaveDuplicates();
  }

  @Test
  void random_rangesAsFarAsTheRatio() {
    List<PromptRequest> prompts =
        prompts(
            "--num-prompts=300",
            "--random-input-len=" + (20 + special),
            "--random-output-len=5",
            "--random-range-ratio=0.5");

    assertThat(prompts.stream().map(PromptRequest::promptTokens).distinct().sorted())
        .startsWith(10)
        .endsWith(30);
    assertThat(prompts.stream().map(PromptRequest::outputTokens).distinct().sorted())
        .containsExactly(2, 3, 4, 5, 6, 7, 8);
  }

  @Test
  void random_beginsWithOnePrefix() {
    List<PromptRequest> prompts =
        prompts("--num-prompts=5", "--random-input-len=30", "--random-prefix-len=16");

    assertThat(prompts)
        .allSatisfy(prompt -> assertThat(prompt.ids()).hasSize(46 - special))
        .extracting(prompt -> Arrays.toString(Arrays.copyOf(prompt.ids(), 8)))
        .containsOnly(Arrays.toString(Arrays.copyOf(prompts.get(0).ids(), 8)));
  }

  @Test
  void prompts_followFromTheSeed() {
    String[] options = {"--num-prompts=3", "--random-input-len=12", "--seed=7"};

    assertThat(texts(prompts(options))).isEqualTo(texts(prompts(options)));
    assertThat(texts(prompts(options)))
        .doesNotContainAnyElementsOf(
            texts(prompts("--num-prompts=3", "--random-input-len=12", "--seed=8")));
    assertThat(texts(prompts("--num-prompts=4", "--random-input-len=12", "--seed=7")))
        .startsWith(texts(prompts(options)).toArray(String[]::new));
  }

  @Test
  void sharegpt_withoutAFileHasLengthsLikeIt() {
    List<PromptRequest> prompts =
        prompts("--dataset-name=sharegpt", "--num-prompts=1500", "--seed=1");

    assertThat(prompts.stream().mapToInt(PromptRequest::promptTokens).average().orElseThrow())
        .isCloseTo(217.4, within(20.0));
    assertThat(prompts.stream().mapToInt(PromptRequest::outputTokens).average().orElseThrow())
        .isCloseTo(201.5, within(15.0));
    assertThat(prompts)
        .allMatch(p -> p.promptTokens() <= 1024 && p.outputTokens() >= 4)
        .anyMatch(p -> p.promptTokens() < 20)
        .anyMatch(p -> p.promptTokens() > 800);
  }

  @Test
  void sharegpt_takesTheFirstTwoTurnsOfUsableConversations(@TempDir Path folder)
      throws IOException {
    Path file =
        write(
            folder,
            List.of("How are you today?", "I am very well.", "Good."),
            List.of("Hi", "too short a prompt"),
            List.of("x1 ".repeat(2000), "too long a prompt"),
            List.of("Nobody has ever answered this"),
            List.of("What is the weather like?", "ok"));

    List<PromptRequest> prompts =
        prompts("--dataset-name=sharegpt", "--dataset-path=" + file, "--num-prompts=3");

    assertThat(prompts).extracting(PromptRequest::text).containsOnly("How are you today?");
    assertThat(prompts)
        .hasSize(3)
        .extracting(PromptRequest::outputTokens)
        .containsOnly(text.tokenizer().encode("I am very well.", false).length);
  }

  @Test
  void sharegpt_mayHaveAnswersOfAGivenLength(@TempDir Path folder) throws IOException {
    Path file = write(folder, List.of("What is the weather like?", "ok"));

    assertThat(
            prompts(
                "--dataset-name=sharegpt",
                "--dataset-path=" + file,
                "--num-prompts=1",
                "--sharegpt-output-len=3"))
        .extracting(PromptRequest::outputTokens)
        .containsExactly(3);
  }

  @Test
  void sharegpt_refusesAFileThatIsNone(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("x.json"), "[{\"conversations\": oops");

    assertThatThrownBy(() -> prompts("--dataset-name=sharegpt", "--dataset-path=" + file))
        .isInstanceOf(StartFailure.class)
        .hasMessageContainingAll("--dataset-path", file.toString(), "cannot be read");
    assertThatThrownBy(() -> prompts("--dataset-name=sharegpt", "--dataset-path=" + write(folder)))
        .hasMessageContaining("has no usable conversation");
    assertThatThrownBy(
            () -> prompts("--dataset-name=sharegpt", "--dataset-path=" + folder.resolve("no")))
        .isInstanceOf(StartFailure.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--num-prompts=0 | --num-prompts must be between 1 and 1000000, but is 0",
        "--random-output-len=0 | --random-output-len must be between 1 and 1000000, but is 0",
        "--random-prefix-len=-1 | --random-prefix-len must be between 0 and 1000000, but is -1",
        "--random-range-ratio=1 | --random-range-ratio must be 0 or more and less than 1, but is"
            + " 1.0",
        "--dataset-path=x | --dataset-path must be left out when --dataset-name is random, but is x"
      })
  void validate_namesFlagValueAndLimit(String flag, String message) {
    assertThatThrownBy(() -> parse(flag).validate()).hasMessage(message);
  }

  @Test
  void noTokens_areRefused() {
    assertThatThrownBy(() -> prompts("--random-input-len=0"))
        .hasMessage("--random-input-len must leave at least 1 token in every prompt, but is 0");
  }

  @SafeVarargs
  private static Path write(Path folder, List<String>... conversations) throws IOException {
    List<Object> all =
        Stream.of(conversations)
            .<Object>map(
                turns ->
                    Map.of(
                        "conversations",
                        turns.stream().map(turn -> Map.of("value", turn)).toList()))
            .toList();
    return Files.writeString(
        folder.resolve("sharegpt.json"), JsonMapper.shared().writeValueAsString(all));
  }

  private static List<String> texts(List<PromptRequest> prompts) {
    return prompts.stream().map(PromptRequest::text).toList();
  }

  private static List<PromptRequest> prompts(String... args) {
    DatasetOptions options = parse(args);
    return Workload.of(options, options.numPrompts(), text.tokenizer());
  }

  private static DatasetOptions parse(String... args) {
    DatasetOptions options = new DatasetOptions();
    new CommandLine(options).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(args);
    return options;
  }
}
