package io.millrace.bench.speculation;

import io.millrace.bench.stats.Summary;
import io.millrace.cli.StartFailure;
import io.millrace.engine.EngineStatus.Drafts;
import io.millrace.engine.GenerationEngine;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.OutputParams;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.Reply;
import io.millrace.protocol.ReplyAddress;
import io.millrace.protocol.SamplingParams;
import io.millrace.protocol.StopCriteria;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * The benchmark of an engine with speculation and without it, which answers the same requests in
 * turns: as many as share a step, and then the same in the other way.
 *
 * @param drafter the engine's
 * @param tokens of an answer, at most
 * @param streams requests that are answered at once
 * @param rounds how often a set is answered each way; turns are as short as can be, because the
 *     machine is faster at one time than at another
 */
record SpeculationBench(
    GenerationEngine engine, SwitchableDrafter drafter, int tokens, int streams, int rounds) {
  private static final double NANOS_A_SECOND = 1e9;
  private static final long SEED = 7;

  /** What was made of a set. */
  private record Run(long tokens, long nanos, List<String> texts) {
    double rate() {
      return tokens * NANOS_A_SECOND / nanos;
    }
  }

  /** Has a set answered once each way, so that nothing is measured that happens once only. */
  void warmUp(PromptSet set) throws InterruptedException {
    run(false, set, -1);
    run(true, set, -1);
  }

  SpeculationResult measure(PromptSet set) throws InterruptedException {
    List<Double> without = new ArrayList<>();
    List<Double> with = new ArrayList<>();
    List<Double> ratios = new ArrayList<>();
    long made = 0;
    int equal = 0;
    Drafts before = engine.status().drafts();
    for (int round = 0; round < rounds; round++) {
      for (PromptSet part : set.parts(streams)) {
        boolean plainFirst = with.size() % 2 == 0;
        Run first = run(!plainFirst, part, round);
        Run second = run(plainFirst, part, round);
        Run one = plainFirst ? first : second;
        Run other = plainFirst ? second : first;
        without.add(one.rate());
        with.add(other.rate());
        ratios.add(other.rate() / one.rate());
        made += other.tokens;
        for (int i = 0; i < one.texts.size(); i++) {
          equal += one.texts.get(i).equals(other.texts.get(i)) ? 1 : 0;
        }
      }
    }
    Drafts after = engine.status().drafts();
    return new SpeculationResult(
        set.name(),
        set.copies(),
        Summary.of(without).median(),
        Summary.of(with).median(),
        Summary.of(ratios).median(),
        after.count() - before.count(),
        after.tokens() - before.tokens(),
        after.accepted() - before.accepted(),
        made,
        equal,
        rounds * set.prompts().size());
  }

  private Run run(boolean speculating, PromptSet set, int round) throws InterruptedException {
    drafter.turn(speculating);
    BlockingQueue<Reply> ends = new ArrayBlockingQueue<>(set.prompts().size());
    String[] texts = new String[set.prompts().size()];
    long made = 0;
    int sent = 0;
    long started = System.nanoTime();
    for (int ended = 0; ended < texts.length; ended++) {
      while (sent < texts.length && sent - ended < streams) {
        engine.submit(request(set, sent++), reply -> keepLast(reply, ends));
      }
      Reply end = ends.take();
      if (!(end instanceof Reply.Finished finished)) {
        throw new StartFailure("request %s failed in round %d: %s".formatted(end.id(), round, end));
      }
      made += finished.usage().completionTokens();
      texts[Integer.parseInt(end.id())] = finished.text();
    }
    return new Run(made, System.nanoTime() - started, List.of(texts));
  }

  private static void keepLast(Reply reply, BlockingQueue<Reply> ends) {
    if (reply.isLast()) {
      ends.add(reply);
    }
  }

  private GenerationRequest request(PromptSet set, int number) {
    String text = set.prompts().get(number);
    return new GenerationRequest(
        Integer.toString(number),
        "bench",
        set.chat() ? new Prompt.Chat(PromptSet.conversation(text), true) : new Prompt.Text(text),
        SamplingParams.NONE.withTemperature(set.temperature()).withSeed(SEED + number),
        StopCriteria.MODEL_DEFAULTS.withMaxTokens(tokens).ignoringEos(),
        OutputParams.TEXT,
        false,
        Instant.EPOCH,
        null,
        new ReplyAddress("bench", null));
  }
}
