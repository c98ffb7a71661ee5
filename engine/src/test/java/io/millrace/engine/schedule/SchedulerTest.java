package io.millrace.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.engine.schedule.StepPlan.Slice;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SchedulerTest {
  private long arrivals;

  @Test
  void schedule_cutsALongPromptIntoChunks() {
    Scheduler scheduler = new Scheduler(new BlockManager(100, 4), 4, 10);
    Sequence sequence = sequence(0, 25);
    scheduler.add(sequence);

    assertThat(step(scheduler)).containsExactly(10);
    assertThat(step(scheduler)).containsExactly(10);
    StepPlan last = scheduler.schedule();
    assertThat(last.slices()).singleElement().matches(Slice::reachesEnd);
    assertThat(last.numTokens()).isEqualTo(5);
  }

  @Test
  void schedule_letsRunningSequencesGoOnBesideALongPrompt() {
    Scheduler scheduler = new Scheduler(new BlockManager(100, 4), 4, 10);
    Sequence talking = sequence(0, 3);
    scheduler.add(talking);
    step(scheduler);
    talking.append(1);
    scheduler.add(sequence(0, 50));

    assertThat(step(scheduler)).containsExactly(1, 9);
  }

  @Test
  void schedule_takesPriorityBeforeArrival() {
    Scheduler scheduler = new Scheduler(new BlockManager(100, 4), 1, 10);
    scheduler.add(sequence(1, 3));
    Sequence urgent = sequence(0, 3);
    scheduler.add(urgent);

    assertThat(scheduler.schedule().slices()).extracting(Slice::sequence).containsExactly(urgent);
  }

  @Test
  void schedule_preemptsTheYoungestWhenBlocksRunOut() {
    Scheduler scheduler = new Scheduler(new BlockManager(4, 4), 2, 16);
    Sequence old = sequence(0, 8);
    Sequence young = sequence(0, 8);
    scheduler.add(old);
    scheduler.add(young);
    step(scheduler);
    old.append(1);
    young.append(1);

    StepPlan plan = scheduler.schedule();

    assertThat(plan.slices()).extracting(Slice::sequence).containsExactly(old);
    assertThat(young.numComputedTokens()).isZero();
    assertThat(young.numBlocks()).isZero();
    assertThat(scheduler.numPreemptions()).isEqualTo(1);
    scheduler.completed(plan);
    scheduler.remove(old);
    assertThat(step(scheduler)).containsExactly(9);
  }

  @Test
  void schedule_preemptsTheLeastUrgentFirst() {
    Scheduler scheduler = new Scheduler(new BlockManager(4, 4), 2, 16);
    Sequence patient = sequence(1, 8);
    Sequence urgent = sequence(0, 8);
    scheduler.add(patient);
    scheduler.add(urgent);
    step(scheduler);
    patient.append(1);
    urgent.append(1);

    StepPlan plan = scheduler.schedule();

    assertThat(plan.slices()).extracting(Slice::sequence).containsExactly(urgent);
    assertThat(patient.numBlocks()).isZero();
  }

  @Test
  void moreUrgentOne_takesThePlaceOfTheLeastUrgent_andGivesItBack() {
    Scheduler scheduler = new Scheduler(new BlockManager(100, 4), 2, 16);
    Sequence first = sequence(5, 3);
    Sequence last = sequence(5, 3);
    scheduler.add(first);
    scheduler.add(last);
    step(scheduler);
    Sequence urgent = sequence(4, 3);
    scheduler.add(urgent);

    StepPlan plan = scheduler.schedule();
    scheduler.completed(plan);

    assertThat(plan.slices()).extracting(Slice::sequence).contains(urgent).doesNotContain(last);
    scheduler.remove(urgent);
    assertThat(scheduler.schedule().slices()).extracting(Slice::sequence).contains(last);
  }

  @Test
  void moreUrgentOne_thatTheCacheHasNoRoomFor_getsThatOfLessUrgentOnes() {
    Scheduler scheduler = new Scheduler(new BlockManager(4, 4), 8, 64);
    Sequence patient = sequence(1, 12);
    scheduler.add(patient);
    step(scheduler);
    Sequence equal = sequence(1, 8);
    scheduler.add(equal);
    patient.append(1);
    scheduler.completed(scheduler.schedule());
    assertThat(equal.numBlocks()).isZero();

    Sequence urgent = sequence(0, 8);
    scheduler.add(urgent);
    scheduler.completed(scheduler.schedule());

    assertThat(urgent.numComputedTokens()).isEqualTo(8);
    assertThat(patient.numBlocks()).isZero();
  }

  @Test
  void add_refusesWhatCanNeverFit() {
    Scheduler scheduler = new Scheduler(new BlockManager(2, 4), 2, 16);
    assertThatThrownBy(() -> scheduler.add(sequence(0, 9)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("exceeds the cache of 8");
  }

  @Test
  void stepPlan_putsSingleTokensFirst() {
    Sequence chunk = sequence(0, 5);
    Sequence single = sequence(0, 1);
    StepPlan plan = new StepPlan(List.of(Slice.next(chunk, 5), Slice.next(single, 1)));
    assertThat(plan.slices()).extracting(Slice::sequence).containsExactly(single, chunk);
  }

  private Sequence sequence(int priority, int promptTokens) {
    return new Sequence("s" + arrivals, priority, arrivals++, new int[promptTokens]);
  }

  private static List<Integer> step(Scheduler scheduler) {
    StepPlan plan = scheduler.schedule();
    scheduler.completed(plan);
    return plan.slices().stream().map(Slice::count).toList();
  }
}
