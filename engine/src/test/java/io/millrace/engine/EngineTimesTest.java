package io.millrace.engine;

import static io.millrace.engine.RecordedAnswer.ask;
import static io.millrace.engine.RecordedAnswer.submit;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.schedule.Sequence;
import io.millrace.protocol.StopCriteria;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;

/** What an engine tells of the time that its steps and answers take. */
final class EngineTimesTest extends EngineThreadFixture {
  @Test
  void status_saysHowLongTheRunningStepTakes() {
    script("a", "x");
    AtomicLong nanos = new AtomicLong();
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch over = new CountDownLatch(1);
    ToIntFunction<Sequence> slow =
        sequence -> {
          begun.countDown();
          await(over);
          return scripted(sequence);
        };
    EngineThread engine = engine(new ScriptedModel(NUM_BLOCKS, slow), nanos::get);
    try (engine) {
      assertThat(engine.status().step()).isNull();
      RecordedAnswer answer = submit(engine, "a", StopCriteria.MODEL_DEFAULTS);
      await(begun);
      nanos.addAndGet(Duration.ofSeconds(90).toNanos());
      assertThat(engine.status().step())
          .isEqualTo(new EngineStatus.Step(1, Duration.ofSeconds(90)));
      over.countDown();
      assertThat(answer.await().text()).isEqualTo("x");
    }
    assertThat(engine.status().step()).isNull();
  }

  @Test
  void listener_hearsOfStepsAndOfTheTimesOfAnswers() {
    script("a", "xyz");
    AtomicLong nanos = new AtomicLong();
    encoding = prompt -> nanos.addAndGet(5);
    ToIntFunction<Sequence> tenEach =
        sequence -> {
          nanos.addAndGet(10);
          return scripted(sequence);
        };
    List<Integer> steps = new ArrayList<>();
    List<RequestTimes> answered = new ArrayList<>();
    try (EngineThread engine = engine(new ScriptedModel(NUM_BLOCKS, tenEach), nanos::get)) {
      engine.watch(
          new EngineListener() {
            @Override
            public void stepped(int numTokens) {
              steps.add(numTokens);
            }

            @Override
            public void answered(RequestTimes times) {
              answered.add(times);
            }
          });
      ask(engine, "a", StopCriteria.MODEL_DEFAULTS);
    }
    int prompt = text.tokenizer().encode("ask", true).length;
    assertThat(steps).containsExactly(prompt, 1, 1, 1);
    assertThat(answered)
        .containsExactly(
            new RequestTimes(Duration.ofNanos(5), Duration.ofNanos(10), Duration.ofNanos(30), 4));
  }
}
