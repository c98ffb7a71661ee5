package io.millrace.engine;

import static io.millrace.engine.RecordedAnswer.ask;
import static io.millrace.engine.RecordedAnswer.request;
import static io.millrace.engine.RecordedAnswer.stop;
import static io.millrace.engine.RecordedAnswer.submit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.engine.schedule.Policy;
import io.millrace.engine.schedule.Sequence;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.Reply;
import io.millrace.protocol.StopCriteria;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an engine answers, alone and in company, and how it ends. */
final class EngineThreadTest extends EngineThreadFixture {
  @Test
  void answer_endsWithTheModelsOwnEnd() {
    script("a", "Hello!");
    try (EngineThread engine = engine(this::scripted)) {
      RecordedAnswer answer = ask(engine, "a", StopCriteria.MODEL_DEFAULTS);
      assertThat(answer.text()).isEqualTo("Hello!");
      assertThat(answer.finished().reason()).isEqualTo(FinishReason.STOP);
      assertThat(answer.finished().usage().completionTokens()).isEqualTo(7);
      assertThat(answer.sequenceNumbers()).isSorted().doesNotHaveDuplicates();
    }
  }

  @Test
  void maxTokens_cutsTheAnswer() {
    script("a", "Hello!");
    try (EngineThread engine = engine(this::scripted)) {
      RecordedAnswer answer = ask(engine, "a", stop(3, 0, List.of(), false));
      assertThat(answer.text()).isEqualTo("Hel");
      assertThat(answer.finished().reason()).isEqualTo(FinishReason.LENGTH);
    }
  }

  @Test
  void stopString_thatSpansTokensIsNotShown() {
    script("a", "one two three");
    try (EngineThread engine = engine(this::scripted)) {
      RecordedAnswer answer = ask(engine, "a", stop(null, 0, List.of("o t"), false));
      assertThat(answer.text()).isEqualTo("one tw");
      assertThat(answer.finished().reason()).isEqualTo(FinishReason.STOP);
    }
  }

  @Test
  void stopString_withinMinTokensEndsNothing() {
    script("a", "one two one three");
    try (EngineThread engine = engine(this::scripted)) {
      RecordedAnswer answer = ask(engine, "a", stop(null, 6, List.of("one"), false));
      assertThat(answer.text()).isEqualTo("one two ");
      assertThat(answer.finished().reason()).isEqualTo(FinishReason.STOP);
    }
  }

  @Test
  void stopString_isToldIfAskedFor() {
    script("a", "one two three");
    try (EngineThread engine = engine(this::scripted)) {
      StopCriteria stop = stop(null, 0, List.of("two"), false).includingStop();
      assertThat(ask(engine, "a", stop).text()).isEqualTo("one two");
    }
  }

  @Test
  void minTokens_aboveWhatTheAnswerMayHaveAreRefused() {
    try (EngineThread engine = engine(this::scripted)) {
      RecordedAnswer answer = ask(engine, "a", stop(null, 64, List.of(), false));
      assertThat(answer.failed().param()).isEqualTo("min_tokens");
      assertThat(answer.failed().message()).startsWith("min_tokens must be at most ");
    }
  }

  @Test
  void ignoreEos_goesOnToTheLimit() {
    script("a", "Hi");
    try (EngineThread engine = engine(this::scripted)) {
      RecordedAnswer answer = ask(engine, "a", stop(5, 0, List.of(), true));
      assertThat(answer.text()).isEqualTo("Hi");
      assertThat(answer.finished().reason()).isEqualTo(FinishReason.LENGTH);
      assertThat(answer.finished().usage().completionTokens()).isEqualTo(5);
    }
  }

  @Test
  void failingStep_endsOnlyTheRequestThatFails() {
    script("good", "fine");
    script("bad", "never");
    CountDownLatch both = new CountDownLatch(2);
    ToIntFunction<Sequence> script =
        sequence -> {
          await(both);
          if (sequence.id().equals("bad")) {
            throw new IllegalStateException("this sequence breaks the model");
          }
          return scripted(sequence);
        };
    try (EngineThread engine = engine(script)) {
      RecordedAnswer good = submit(engine, "good", StopCriteria.MODEL_DEFAULTS);
      RecordedAnswer bad = submit(engine, "bad", StopCriteria.MODEL_DEFAULTS);
      both.countDown();
      both.countDown();
      assertThat(good.await().text()).isEqualTo("fine");
      assertThat(bad.await().failed().kind()).isEqualTo(FailureKind.INTERNAL);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 79 GiB",
        "CUDA error: device-side assert triggered",
        "CUDA error: unspecified launch failure",
        "CUDA error: CUBLAS_STATUS_EXECUTION_FAILED when calling `cublasSgemm(handle)`",
        "CUDA driver error: device kernel image is invalid"
      })
  void failingDevice_endsTheEngine_andNoAnswer(String told) {
    CountDownLatch both = new CountDownLatch(2);
    ToIntFunction<Sequence> script =
        sequence -> {
          await(both);
          throw new IllegalStateException(
              "The following operation failed in the TorchScript interpreter.\n...\nRuntimeError: "
                  + told
                  + "\nCUDA kernel errors might be asynchronously reported at some other API call");
        };
    ScriptedModel model = new ScriptedModel(NUM_BLOCKS, script);
    RecordedAnswer one;
    RecordedAnswer other;
    try (EngineThread engine = engine(model)) {
      one = submit(engine, "one", StopCriteria.MODEL_DEFAULTS);
      other = submit(engine, "other", StopCriteria.MODEL_DEFAULTS);
      both.countDown();
      both.countDown();
      model.awaitClosed();
      assertThat(engine.status().failure()).isEqualTo("its device failed: " + told);
      assertThat(engine.status().running()).isZero();
    }
    // Another worker tells their end.
    assertThat(one.replies).noneMatch(EngineThreadTest::isEnd);
    assertThat(other.replies).noneMatch(EngineThreadTest::isEnd);
  }

  /** A prompt that is not encoded in time is told to be given back. */
  private static boolean isEnd(Reply reply) {
    return reply.isLast()
        && !(reply instanceof Reply.Failed failed && failed.kind() == FailureKind.UNAVAILABLE);
  }

  @Test
  void cancel_freesTheBlocks() {
    script("a", "never ending");
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch cancelled = new CountDownLatch(1);
    ToIntFunction<Sequence> endless =
        sequence -> {
          begun.countDown();
          await(cancelled);
          return answers.get("a")[0];
        };
    try (EngineThread engine = engine(new ScriptedModel(16, endless))) {
      RecordedAnswer answer = submit(engine, "a", stop(50, 0, List.of(), true));
      await(begun);
      engine.cancel("a", "the client left");
      engine.cancel("unknown", "nobody asked");
      cancelled.countDown();
      assertThat(answer.await().failed().kind()).isEqualTo(FailureKind.CANCELLED);
      // This prompt takes all 16 blocks, so it is answered only if none is left with the first one.
      RecordedAnswer whole = new RecordedAnswer();
      engine.submit(
          request("b", new Prompt.Text("w".repeat(61)), StopCriteria.MODEL_DEFAULTS), whole::take);
      assertThat(whole.await().finished().usage().promptTokens()).isEqualTo(62);
    }
  }

  @Test
  void tokens_areCountedAsTheyAreMade_ofCancelledRequestsToo() {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch cancelled = new CountDownLatch(1);
    ToIntFunction<Sequence> endless =
        sequence -> {
          if (sequence.numOutputTokens() == 5) {
            begun.countDown();
            await(cancelled);
          }
          return sequence.numOutputTokens() < 50 ? 70 : eos;
        };
    EngineThread engine = engine(endless);
    try (engine) {
      RecordedAnswer answer = submit(engine, "a", stop(50, 0, List.of(), true));
      await(begun);
      assertThat(engine.status().tokens()).isEqualTo(new EngineStatus.Tokens(4, 5));
      engine.cancel("a", "the client left");
      cancelled.countDown();
      assertThat(answer.await().failed().kind()).isEqualTo(FailureKind.CANCELLED);
    }
    assertThat(engine.status().tokens()).isEqualTo(new EngineStatus.Tokens(4, 6));
  }

  @Test
  void wrongRequests_areRefusedAlone() {
    script("a", "x");
    try (EngineThread engine = engine(this::scripted)) {
      RecordedAnswer tooLong = new RecordedAnswer();
      engine.submit(
          request("long", new Prompt.Text("w".repeat(100)), StopCriteria.MODEL_DEFAULTS),
          tooLong::take);
      assertThat(tooLong.await().failed().kind()).isEqualTo(FailureKind.INVALID);
      assertThat(tooLong.failed().message()).contains("tokens; at most 63 are allowed");

      RecordedAnswer unknownToken = new RecordedAnswer();
      engine.submit(
          request("ids", new Prompt.Tokens(List.of(5, 384)), StopCriteria.MODEL_DEFAULTS),
          unknownToken::take);
      assertThat(unknownToken.await().failed().message())
          .isEqualTo("prompt holds token id 384, but the vocabulary has 384");

      assertThat(ask(engine, "a", StopCriteria.MODEL_DEFAULTS).text()).isEqualTo("x");
    }
  }

  @Test
  void promptThatIsEncoded_holdsUpNobody_andCanBeCancelled() {
    script("a", "x");
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch encoded = new CountDownLatch(1);
    try (EngineThread engine = engine(this::scripted)) {
      encoding =
          prompt -> {
            if (prompt.equals("slow")) {
              begun.countDown();
              await(encoded);
            }
          };
      RecordedAnswer slow = submit(engine, "slow", new Prompt.Text("slow"));
      await(begun);
      assertThat(ask(engine, "a", StopCriteria.MODEL_DEFAULTS).text()).isEqualTo("x");

      RecordedAnswer again = submit(engine, "slow", new Prompt.Text("ask"));
      assertThat(again.await().failed().message())
          .isEqualTo("a request with this id is being answered already");
      engine.cancel("slow", "the client left");
      assertThat(slow.await().failed().kind()).isEqualTo(FailureKind.CANCELLED);
      assertThat(slow.failed().message()).isEqualTo("the client left");
      encoded.countDown();
      assertThat(ask(engine, "a", StopCriteria.MODEL_DEFAULTS).text()).isEqualTo("x");
      assertThat(slow.replies).hasSize(1);
    }
  }

  @Test
  void promptThatCannotBeEncoded_isLeftToOthers() {
    script("a", "x");
    try (EngineThread engine = engine(this::scripted)) {
      encoding =
          prompt -> {
            if (prompt.equals("bad")) {
              throw new IllegalStateException("the tokenizer broke");
            }
          };
      assertThat(submit(engine, "bad", new Prompt.Text("bad")).await().failed().kind())
          .isEqualTo(FailureKind.UNAVAILABLE);
      assertThat(ask(engine, "a", StopCriteria.MODEL_DEFAULTS).text()).isEqualTo("x");
    }
  }

  @Test
  void readerThatFails_harmsNobodyElse() {
    script("deaf", "x");
    script("a", "x");
    try (EngineThread engine = engine(this::scripted)) {
      engine.submit(
          request("deaf", new Prompt.Text("ask"), StopCriteria.MODEL_DEFAULTS),
          reply -> {
            throw new IllegalStateException("nobody takes this reply");
          });
      assertThat(ask(engine, "a", StopCriteria.MODEL_DEFAULTS).text()).isEqualTo("x");
    }
  }

  @Test
  void samePrompt_isFoundInTheCache_whichIsFreeAgain() {
    Prompt prompt = new Prompt.Text("w".repeat(20));
    EngineThread engine = engine(this::scripted);
    try (engine) {
      for (String id : List.of("a", "b", "c")) {
        script(id, "x");
        RecordedAnswer answer = new RecordedAnswer();
        engine.submit(request(id, prompt, StopCriteria.MODEL_DEFAULTS), answer::take);
        assertThat(answer.await().text()).isEqualTo("x");
      }
    }
    EngineStatus status = engine.status();
    assertThat(status.cache()).isEqualTo(new EngineStatus.Cache(NUM_BLOCKS, 63, 40, 0));
    assertThat(status.kvCacheUsage()).isZero();
  }

  @Test
  void start_throwsWhatTheLoaderThrows() {
    Supplier<EngineThread.LoadedModel> loader =
        () -> {
          throw new IllegalArgumentException("no such model");
        };
    assertThatThrownBy(() -> EngineThread.start(loader, Policy.mixed(1, 16), true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no such model");
  }

  @Test
  void close_closesTheModel() {
    ScriptedModel model = new ScriptedModel(NUM_BLOCKS, this::scripted);
    EngineThread engine = engine(model);
    assertThat(engine.status().failure()).isNull();
    engine.close();
    assertThat(model.isClosed()).isTrue();
  }
}
