package io.millrace.bench.golden;

import io.millrace.engine.speculation.Speculation;
import io.millrace.engine.speculation.Speculator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A speculation that proposes what the cases' answers are, but for every seventh token. */
record KnownAnswers(List<GoldenCase> cases) implements Speculation {
  private static final int MOST = 5;

  @Override
  public int disableByBatchSize() {
    return Integer.MAX_VALUE;
  }

  @Override
  public Speculator speculator(int[] prompt) {
    int[] answer =
        cases.stream()
            .filter(it -> Arrays.equals(it.prompt(), prompt))
            .findFirst()
            .orElseThrow()
            .greedy();
    return new Known(prompt.length, answer);
  }

  private static final class Known implements Speculator {
    private final int promptLength;
    private final int[] answer;
    private int made;

    Known(int promptLength, int[] answer) {
      this.promptLength = promptLength;
      this.answer = answer;
    }

    @Override
    public int numTokens() {
      return promptLength + made;
    }

    @Override
    public void add(int token) {
      made++;
    }

    @Override
    public List<Integer> propose(int most, int sequences) {
      List<Integer> proposed = new ArrayList<>();
      for (int i = made; i < answer.length && proposed.size() < Math.min(most, MOST); i++) {
        proposed.add(i % 7 == 6 ? (answer[i] + 1) % 100 : answer[i]);
      }
      return proposed;
    }

    @Override
    public void settle(int proposed, int accepted) {}
  }
}
