package io.millrace.endtoend.chaos;

import java.util.ArrayList;
import java.util.List;

/**
 * A question whose answer is always the same.
 *
 * @param more further fields, each with a comma before it
 */
record Question(Form form, String prompt, int tokens, double temperature, String more) {
  private static final int FEWEST_TOKENS = 300;
  private static final int MORE_TOKENS = 100;

  /** Questions of all forms, greedy and drawn by seed. */
  static List<Question> all() {
    List<Question> all = new ArrayList<>();
    for (Form form : Form.values()) {
      // Neither of these two has fields for a seed.
      boolean plain = form == Form.RESPONSES || form == Form.MESSAGES;
      for (int i = 0; i < 4; i++) {
        all.add(
            new Question(
                form,
                "%s number %d".formatted(form, i),
                FEWEST_TOKENS + MORE_TOKENS * i,
                plain || i % 2 == 0 ? 0 : 0.8,
                plain ? "" : ",\"ignore_eos\":true,\"seed\":" + (100 + i)));
      }
    }
    return all;
  }

  String body(boolean stream) {
    return form.body(prompt, tokens, temperature, stream, more);
  }

  /** A job that asks it. */
  String job() {
    return "{\"endpoint\":\"%s\",\"body\":%s}".formatted(form.path(), body(false));
  }

  /** A record that asks it, of a question in the form of completions. */
  String record(String id, String topic, int partition) {
    return "{\"id\":\"%s\",\"reply\":{\"topic\":\"%s\",\"partition\":%d},%s"
        .formatted(id, topic, partition, body(true).substring(1));
  }
}
