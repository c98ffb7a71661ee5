package io.millrace.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.engine.schedule.Policy.Phase;
import io.millrace.engine.schedule.StepPlan.Slice;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PolicyTest {
  private long arrivals;

  @ParameterizedTest
  @CsvSource({"0,0,PREFILL", "0,5,DECODE", "5,5,DECODE", "6,5,PREFILL", "1,0,PREFILL"})
  void phase_comparesPromptsWithAnswers(int prefilling, int decoding, Phase phase) {
    Policy policy = Policy.mixed(8, 16).withPrefillRatio(1.2);
    assertThat(policy.phase(prefilling, decoding, 0)).isEqualTo(phase);
    assertThat(Policy.mixed(8, 16).phase(prefilling, decoding, 0)).isEqualTo(Phase.MIXED);
  }

  @Test
  void ratio_keepsPromptsAndAnswersApart() {
    Scheduler scheduler = scheduler(Policy.mixed(4, 16).withPrefillRatio(1.0));
    Sequence talking = add(scheduler, 3);
    step(scheduler);
    add(scheduler, 20);

    assertThat(step(scheduler)).as("a prompt for each answer").containsExactly(16);
    assertThat(step(scheduler)).containsExactly(4);
    assertThat(step(scheduler)).containsExactly(1, 1);
    assertThat(talking.numOutputTokens()).isEqualTo(2);
  }

  @Test
  void highRatio_letsPromptsWaitUntilAnswersEnd() {
    Scheduler scheduler = scheduler(Policy.mixed(4, 16).withPrefillRatio(3.0));
    Sequence talking = add(scheduler, 3);
    step(scheduler);
    add(scheduler, 2);
    add(scheduler, 2);

    assertThat(step(scheduler)).containsExactly(1);
    scheduler.remove(talking);
    assertThat(step(scheduler)).containsExactly(2, 2);
  }

  @Test
  void lowRatio_letsAnswersGoOnWhilePromptsKeepComing() {
    Scheduler scheduler = scheduler(Policy.mixed(4, 16).withPrefillRatio(0.1));
    Sequence talking = add(scheduler, 3);
    step(scheduler);
    for (int i = 0; i < 100; i++) {
      Sequence brief = add(scheduler, 2);
      step(scheduler);
      scheduler.remove(brief);
    }

    assertThat(talking.numOutputTokens()).isGreaterThan(5);
  }

  @Test
  void maxChunk_cutsPromptsEvenIfTheStepHasRoom() {
    Scheduler scheduler = scheduler(Policy.mixed(4, 100).withMaxChunk(7));
    add(scheduler, 16);
    add(scheduler, 3);

    assertThat(step(scheduler)).containsExactly(7, 3);
    assertThat(step(scheduler)).containsExactly(1, 7);
    assertThat(step(scheduler)).containsExactly(1, 2);
  }

  @Test
  void limits_areHonoured() {
    Scheduler scheduler = scheduler(Policy.mixed(2, 8));
    for (int i = 0; i < 3; i++) {
      add(scheduler, 6);
    }

    assertThat(step(scheduler)).containsExactly(6, 2);
    assertThat(step(scheduler)).containsExactly(1, 4);
    assertThat(scheduler.numRunning()).isEqualTo(2);
    assertThat(scheduler.numWaiting()).isEqualTo(1);
  }

  @Test
  void policy_refusesWhatWouldStop() {
    assertThatThrownBy(() -> Policy.mixed(4, 3)).hasMessage("4 sequences, 3 tokens");
    assertThatThrownBy(() -> Policy.mixed(4, 4).withMaxChunk(0))
        .hasMessage("maxChunk must be at least 1, but is 0");
    assertThatThrownBy(() -> Policy.mixed(4, 4).withPrefillRatio(0.0))
        .hasMessage("prefillRatio must be above 0, but is 0.0");
  }

  private static Scheduler scheduler(Policy policy) {
    return new Scheduler(new BlockManager(100, 4), policy);
  }

  private Sequence add(Scheduler scheduler, int promptTokens) {
    Sequence sequence = new Sequence("s" + arrivals, 0, arrivals++, new int[promptTokens]);
    scheduler.add(sequence);
    return sequence;
  }

  private static List<Integer> step(Scheduler scheduler) {
    StepPlan plan = scheduler.schedule();
    scheduler.completed(plan);
    plan.sampled().forEach(sequence -> sequence.append(1));
    return plan.slices().stream().map(Slice::count).toList();
  }
}
