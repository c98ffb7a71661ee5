package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.schedule.Policy;
import io.millrace.engine.schedule.Sequence;
import io.millrace.models.text.ModelText;
import io.millrace.models.text.Tokenizer;
import io.millrace.protocol.SamplingParams;
import io.millrace.testing.TinyCheckpoint;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** An engine on a scripted model, and what it is to answer. */
abstract class EngineThreadFixture {
  static final int NUM_BLOCKS = 64;
  private static Path checkpoint;

  final Map<String, int[]> answers = new ConcurrentHashMap<>();
  ModelText text;
  int eos;

  /** What happens before a prompt is encoded. */
  volatile Consumer<String> encoding = prompt -> {};

  @BeforeAll
  static void write(@TempDir Path folder) throws Exception {
    checkpoint = TinyCheckpoint.llama().writeTo(folder);
  }

  @BeforeEach
  void load() {
    text = ModelText.load(checkpoint);
    eos = text.tokenizer().id("</s>").orElseThrow();
  }

  @AfterEach
  void free() {
    text.close();
  }

  void script(String id, String answer) {
    answers.put(id, text.tokenizer().encode(answer, false));
  }

  int scripted(Sequence sequence) {
    int[] answer = answers.get(sequence.id());
    int next = sequence.numOutputTokens();
    return next < answer.length ? answer[next] : eos;
  }

  EngineThread engine(ToIntFunction<Sequence> script) {
    return engine(new ScriptedModel(NUM_BLOCKS, script));
  }

  EngineThread engine(ScriptedModel model) {
    return engine(model, System::nanoTime);
  }

  EngineThread engine(ScriptedModel model, LongSupplier nanoTime) {
    Tokenizer tokenizer = ModelText.load(checkpoint).tokenizer();
    GenerationFactory factory =
        new GenerationFactory(
            tokenizer,
            (prompt, params) ->
                prompt.match(
                    text -> {
                      encoding.accept(text.text());
                      return tokenizer.encode(text.text(), true);
                    },
                    tokens -> tokens.ids().stream().mapToInt(Integer::intValue).toArray(),
                    chat -> new int[0]),
            SamplingParams.NONE,
            Set.of(eos),
            384,
            EngineLimits.of(64, null, null, null, 4));
    return EngineThread.start(
        () -> new EngineThread.LoadedModel(model, factory), Policy.mixed(4, 16), true, nanoTime);
  }

  static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
