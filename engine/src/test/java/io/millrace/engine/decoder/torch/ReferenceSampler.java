package io.millrace.engine.decoder.torch;

import io.millrace.engine.sampling.CounterBasedRandom;
import io.millrace.engine.sampling.Sampling;
import io.millrace.protocol.SamplingParams;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** Sampling written for the reader, one row at a time, in transformers' order. */
final class ReferenceSampler {
  private ReferenceSampler() {}

  /**
   * The next token.
   *
   * @param counts how often each token occurred in the answer, 0 for those of the prompt only
   * @param forbidden tokens that may not come
   * @param forced tokens of which one must come; empty when all may
   */
  static int sample(
      float[] raw,
      Sampling sampling,
      Map<Integer, Integer> counts,
      Set<Integer> forbidden,
      List<Integer> forced,
      int position) {
    double[] logits = penalized(raw, sampling, counts);
    forbidden.forEach(token -> logits[token] = Double.NEGATIVE_INFINITY);
    if (!forced.isEmpty()) {
      Arrays.fill(logits, Double.NEGATIVE_INFINITY);
      forced.forEach(token -> logits[token] = 0);
    }
    sampling.rules().logitBias().forEach((token, bias) -> logits[token] += bias);
    long seed = sampling.get(SamplingParams::seed);
    return draw(logits, sampling, CounterBasedRandom.uniform(seed, position));
  }

  /** The token that a uniform number leads to. */
  private static int draw(double[] logits, Sampling sampling, double target) {
    if (sampling.isGreedy()) {
      return byLogit(logits).get(0);
    }
    List<Integer> kept = kept(logits, sampling);
    double[] probabilities = softmax(logits, kept);
    double sum = 0;
    for (int i = 0; i < kept.size(); i++) {
      sum += probabilities[i];
      if (sum > target) {
        return kept.get(i);
      }
    }
    return kept.get(kept.size() - 1);
  }

  /** How likely each token is to be drawn. */
  static double[] distribution(float[] raw, Sampling sampling) {
    double[] logits = penalized(raw, sampling, Map.of());
    List<Integer> kept = kept(logits, sampling);
    double[] probabilities = softmax(logits, kept);
    double[] all = new double[raw.length];
    for (int i = 0; i < kept.size(); i++) {
      all[kept.get(i)] = probabilities[i];
    }
    return all;
  }

  /** Divides by the temperature, and finds the tokens that may be drawn, in order. */
  private static List<Integer> kept(double[] logits, Sampling sampling) {
    double best = Arrays.stream(logits).max().orElseThrow();
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (logits[i] - best) / sampling.get(SamplingParams::temperature);
    }
    boolean some =
        sampling.get(SamplingParams::topK) > 0
            || sampling.get(SamplingParams::topP) < 1
            || sampling.get(SamplingParams::minP) > 0;
    return some ? filtered(logits, sampling) : all(logits);
  }

  /** The log-probabilities of all tokens. */
  static double[] logprobs(float[] raw) {
    double[] logits = IntStream.range(0, raw.length).mapToDouble(i -> raw[i]).toArray();
    return Arrays.stream(softmax(logits, all(logits))).map(Math::log).toArray();
  }

  private static double[] penalized(float[] raw, Sampling sampling, Map<Integer, Integer> counts) {
    double[] logits = IntStream.range(0, raw.length).mapToDouble(i -> raw[i]).toArray();
    counts.forEach(
        (token, count) -> {
          double logit = logits[token];
          logit =
              logit < 0
                  ? logit * sampling.get(SamplingParams::repetitionPenalty)
                  : logit / sampling.get(SamplingParams::repetitionPenalty);
          logit -= sampling.get(SamplingParams::frequencyPenalty) * count;
          logits[token] = logit - (count > 0 ? sampling.get(SamplingParams::presencePenalty) : 0);
        });
    return logits;
  }

  private static List<Integer> filtered(double[] logits, Sampling sampling) {
    List<Integer> kept = byLogit(logits);
    if (sampling.get(SamplingParams::topK) > 0) {
      kept = kept.subList(0, Math.min(sampling.get(SamplingParams::topK), kept.size()));
    }
    if (sampling.get(SamplingParams::topP) < 1) {
      double[] probabilities = softmax(logits, kept);
      double before = 0;
      int size = 0;
      while (size < kept.size() && (size == 0 || before < sampling.get(SamplingParams::topP))) {
        before += probabilities[size++];
      }
      kept = kept.subList(0, size);
    }
    double[] probabilities = softmax(logits, kept);
    int size = 0;
    while (size < kept.size()
        && probabilities[size] >= sampling.get(SamplingParams::minP) * probabilities[0]) {
      size++;
    }
    return kept.subList(0, size);
  }

  private static List<Integer> all(double[] logits) {
    return IntStream.range(0, logits.length).boxed().toList();
  }

  private static List<Integer> byLogit(double[] logits) {
    List<Integer> order = new ArrayList<>(all(logits));
    order.sort(Comparator.comparingDouble(token -> -logits[token]));
    return order;
  }

  private static double[] softmax(double[] logits, List<Integer> tokens) {
    double max = tokens.stream().mapToDouble(token -> logits[token]).max().orElseThrow();
    double[] exp = tokens.stream().mapToDouble(token -> Math.exp(logits[token] - max)).toArray();
    double sum = IntStream.range(0, exp.length).mapToDouble(i -> exp[i]).sum();
    return IntStream.range(0, exp.length).mapToDouble(i -> exp[i] / sum).toArray();
  }
}
