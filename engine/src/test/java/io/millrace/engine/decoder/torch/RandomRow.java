package io.millrace.engine.decoder.torch;

import io.millrace.engine.sampling.Sampling;
import io.millrace.engine.sampling.SamplingRow;
import io.millrace.engine.sampling.TokenCounts;
import io.millrace.engine.sampling.TokenMask;
import io.millrace.protocol.SamplingParams;
import io.millrace.protocol.TokenRules;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Some logits, and some of everything that can be asked of them. */
record RandomRow(
    float[] logits,
    Sampling sampling,
    int[] prompt,
    int[] answer,
    int position,
    Set<Integer> forbidden,
    List<Integer> forced,
    @Nullable TokenMask mask,
    boolean scored,
    int alternatives) {

  static float[] logits(Random random, int vocab) {
    float[] logits = new float[vocab];
    for (int i = 0; i < vocab; i++) {
      logits[i] = (float) random.nextGaussian() * 4;
    }
    return logits;
  }

  static RandomRow of(Random random, float[] logits) {
    int vocab = logits.length;
    SamplingParams params =
        SamplingParams.NONE
            .withTemperature(random.nextInt(4) == 0 ? 0.0 : 0.2 + random.nextDouble() * 1.5)
            .withTopP(random.nextBoolean() ? 0.1 + random.nextDouble() * 0.9 : null)
            .withTopK(random.nextBoolean() ? 2 + random.nextInt(400) : null)
            .withMinP(random.nextInt(3) == 0 ? random.nextDouble() * 0.3 : null)
            .withRepetitionPenalty(random.nextBoolean() ? 0.8 + random.nextDouble() : null)
            .withPresencePenalty(random.nextInt(3) == 0 ? random.nextDouble() : null)
            .withFrequencyPenalty(random.nextInt(3) == 0 ? random.nextDouble() : null)
            .withSeed(random.nextLong())
            .withRules(new TokenRules(0, List.of(), biases(random, vocab)));
    Set<Integer> forbidden = new HashSet<>();
    random.ints(random.nextInt(3) * 20, 0, vocab).forEach(forbidden::add);
    TokenMask mask = random.nextInt(4) == 0 ? mask(random, vocab) : null;
    return new RandomRow(
        logits,
        Sampling.of(params, 0),
        random.ints(20, 0, vocab).toArray(),
        random.ints(20, 0, vocab).toArray(),
        random.nextInt(1000),
        mask == null ? forbidden : Set.of(),
        mask == null && random.nextInt(8) == 0
            ? random.ints(1 + random.nextInt(3), 0, vocab).distinct().boxed().toList()
            : List.of(),
        mask,
        random.nextBoolean(),
        random.nextInt(20));
  }

  private static Map<Integer, Double> biases(Random random, int vocab) {
    Map<Integer, Double> biases = new HashMap<>();
    for (int i = random.nextInt(3) * 15; i > 0; i--) {
      biases.put(random.nextInt(vocab), random.nextGaussian() * 5);
    }
    return biases;
  }

  /** One token, a few, or many of them. */
  private static TokenMask mask(Random random, int vocab) {
    BitSet tokens = new BitSet(vocab);
    int count = List.of(1, 5, vocab).get(random.nextInt(3));
    random.ints(count, 0, vocab).forEach(tokens::set);
    long[] words = Arrays.copyOf(tokens.toLongArray(), (vocab + 63) / 64);
    return () -> words;
  }

  int expected() {
    Set<Integer> excluded = new HashSet<>(forbidden);
    if (mask != null) {
      BitSet allowed = BitSet.valueOf(mask.words());
      IntStream.range(0, logits.length).filter(i -> !allowed.get(i)).forEach(excluded::add);
    }
    return ReferenceSampler.sample(logits, sampling, counts(), excluded, forced, position);
  }

  SamplingRow toSamplingRow() {
    TokenCounts counts = new TokenCounts(prompt);
    for (int token : answer) {
      counts.add(token);
    }
    return new SamplingRow(
        sampling,
        position,
        sampling.isPenalized() ? counts : null,
        forbidden,
        forced,
        List.of(),
        mask,
        scored,
        scored ? alternatives : 0);
  }

  private Map<Integer, Integer> counts() {
    Map<Integer, Integer> counts = new HashMap<>();
    if (sampling.isPenalized()) {
      for (int token : prompt) {
        counts.put(token, 0);
      }
      for (int token : answer) {
        counts.merge(token, 1, Integer::sum);
      }
    }
    return counts;
  }
}
