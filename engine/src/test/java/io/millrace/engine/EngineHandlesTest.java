package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.load.TinyModels;
import io.millrace.engine.model.LanguageModel;
import io.millrace.engine.schedule.BlockManager;
import io.millrace.engine.schedule.Policy;
import io.millrace.engine.schedule.Scheduler;
import io.millrace.engine.speculation.NgramSpeculation;
import io.millrace.engine.speculation.SequenceDrafter;
import io.millrace.models.text.ModelText;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.PriorOutput;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.Reply;
import io.millrace.protocol.SamplingParams;
import io.millrace.protocol.TokenizeParams;
import io.millrace.testing.TinyCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever requests ask for, and however they end, nothing of them stays: no native handle, no
 * block, no entry of a map.
 */
final class EngineHandlesTest {
  private static final int REQUESTS = 400;
  private static final int IN_FLIGHT = 14;
  private static final int BLOCK_SIZE = 4;

  /** More than the cache begins with, so that it grows, and too few for all. */
  private static final int BLOCKS = 90;

  private static Path folder;

  private final Map<FailureKind, Integer> failures = new HashMap<>();
  private final List<String> live = new ArrayList<>();
  private int finished;
  private int refused;

  private final Random random = new Random(5);
  private HandleWatch handles;
  private ModelText text;
  private LanguageModel model;
  private Scheduler scheduler;
  private BlockManager blocks;
  private Engine engine;
  private GenerationFactory factory;

  @BeforeAll
  static void write(@TempDir Path temporary) throws IOException {
    folder = TinyCheckpoint.llama().writeTo(temporary);
  }

  @BeforeEach
  void load() throws IOException {
    handles = HandleWatch.start();
    text = ModelText.load(folder);
    model = TinyModels.load(folder, BLOCK_SIZE);
    blocks = new BlockManager(BLOCKS, BLOCK_SIZE, true);
    scheduler = new Scheduler(blocks, Policy.mixed(16, 64));
    engine =
        new Engine(
            model,
            scheduler,
            new SequenceDrafter(new NgramSpeculation(4, 3, 1, 64)),
            System::nanoTime,
            () -> EngineListener.NONE);
    factory =
        new GenerationFactory(
            text.tokenizer(),
            this::encode,
            SamplingParams.NONE,
            text.stopIds(),
            RandomRequests.CLAIMED_VOCABULARY,
            EngineLimits.of(128, null, null, null, 16));
  }

  private int[] encode(Prompt prompt, TokenizeParams params) {
    return prompt.match(
        said -> text.tokenizer().encode(said.text(), true),
        tokens -> tokens.ids().stream().mapToInt(Integer::intValue).toArray(),
        chat -> new int[0]);
  }

  @AfterEach
  void stop() {
    handles.close();
  }

  @Test
  void requests_leaveNothing() {
    Map<String, Integer> atRest = handles.places();
    int openAtRest = handles.count();
    run();

    assertThat(handles.count())
        .as("open are %s, and before there were %s", handles.places(), atRest)
        .isEqualTo(openAtRest);
    assertThat(engine).extracting("generations", "members").containsExactly(Map.of(), Map.of());
    assertThat(scheduler.numRunning() + scheduler.numWaiting()).isZero();
    assertThat(blocks.numFreeBlocks()).isEqualTo(BLOCKS);
    assertThatMuchHappened();

    model.close();
    text.close();
    assertThat(handles.places()).isEmpty();
  }

  private void assertThatMuchHappened() {
    assertThat(live).isEmpty();
    assertThat(scheduler.numPreemptions()).isGreaterThan(20);
    assertThat(blocks.prefixCacheHits()).isGreaterThan(500);
    assertThat(finished).isGreaterThan(REQUESTS / 2);
    assertThat(refused).isGreaterThan(4);
    assertThat(failures.get(FailureKind.CANCELLED)).isGreaterThan(20);
    assertThat(failures.get(FailureKind.INTERNAL)).isGreaterThan(5);
  }

  private void submit(GenerationRequest request) {
    boolean deaf = random.nextInt(40) == 0;
    try {
      Generation generation =
          factory.create(request, 1, PriorOutput.NONE, reply -> take(reply, deaf));
      live.add(request.id());
      engine.take(new EngineCommand.Submit(generation, new RequestStopwatch(0)));
    } catch (Invalid e) {
      refused++;
    }
  }

  private void take(Reply reply, boolean deaf) {
    if (reply instanceof Reply.Failed failed) {
      failures.merge(failed.kind(), 1, Integer::sum);
    } else if (deaf && !reply.isLast()) {
      throw new IllegalStateException("nobody takes this answer");
    }
    if (reply.isLast()) {
      live.remove(reply.id());
      finished += reply instanceof Reply.Finished ? 1 : 0;
    }
  }

  private void run() {
    RandomRequests requests = new RandomRequests(random, text.tokenizer().id("</s>").orElseThrow());
    int sent = 0;
    while (sent < REQUESTS || engine.hasWork()) {
      while (live.size() < IN_FLIGHT && sent < REQUESTS) {
        submit(requests.next("r" + sent++));
      }
      if (random.nextInt(12) == 0 && !live.isEmpty()) {
        String id = live.get(random.nextInt(live.size()));
        engine.take(new EngineCommand.Cancel(id, "changed my mind"));
      }
      if (engine.hasWork()) {
        engine.step();
      }
    }
  }
}
