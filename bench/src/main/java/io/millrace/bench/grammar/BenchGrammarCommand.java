package io.millrace.bench.grammar;

import io.millrace.cli.ModelOption;
import io.millrace.engine.start.EngineStart;
import io.millrace.grammar.token.Vocabulary;
import io.millrace.models.text.ModelText;
import io.millrace.models.text.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** The {@code bench grammar} command, which measures how schemas are obeyed. */
@Command(
    name = "grammar",
    mixinStandardHelpOptions = true,
    description = {
      "Compiles the JSON Schemas of a file and feeds each its documents as the model's tokens, as"
          + " MaskBench does, and prints one JSON object.",
      "A schema passes if it compiles, its valid documents are accepted to their end, and its"
          + " invalid ones are refused at a token or incomplete at their end. Else it is a compile"
          + " error (refused), an invalidation error (an invalid document accepted) or a validation"
          + " error (a valid one refused).",
      "mask_us is the time of one mask over the vocabulary, before each token and at the end;"
          + " compile_us is that of one schema that compiles, its JSON read; both in microseconds on"
          + " one thread, the first ones included. What is learned of a grammar's words is kept for"
          + " the next grammars, as in a server. JSON's whitespace is allowed."
    },
    sortOptions = false)
public final class BenchGrammarCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "FILE",
      description =
          "One JSON object a line, perhaps gzipped: name, schema, tests (each valid, data).")
  private @Nullable Path file;

  @Mixin private ModelOption model = new ModelOption();

  @Option(names = "--failures", description = "Tell on standard error what does not pass, and why.")
  private boolean failures;

  @Override
  public Integer call() {
    List<SchemaCase> cases = SchemaFile.read(Objects.requireNonNull(file));
    GrammarReport report;
    try (ModelText text = EngineStart.text(model.model())) {
      Consumer<String> told = failures ? spec.commandLine().getErr()::println : any -> {};
      report = new GrammarBench(text.tokenizer(), vocabulary(text), told).run(cases);
    }
    spec.commandLine().getOut().println(JsonMapper.shared().writeValueAsString(report));
    return 0;
  }

  private static Vocabulary vocabulary(ModelText text) {
    Tokenizer tokenizer = text.tokenizer();
    Set<Integer> special = tokenizer.specialIds();
    List<byte[]> bytes = new ArrayList<>();
    for (int id = 0; id < tokenizer.vocabSize(); id++) {
      bytes.add(special.contains(id) ? new byte[0] : tokenizer.bytes(id, false));
    }
    return new Vocabulary(bytes, text.stopIdsWithin(bytes.size()));
  }
}
