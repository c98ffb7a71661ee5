package io.millrace.engine.model;

/**
 * The matrices whose products have a vector added.
 *
 * @param qkv those of queries, keys and values
 * @param output that of attention's output
 * @param mlp those of the feed-forward network
 */
public record Biases(boolean qkv, boolean output, boolean mlp) {

  /** Where a family's biases are said. */
  enum Rule {
    NONE,
    /** Always of queries, keys and values. */
    QKV,
    /** {@code attention_bias}. */
    ATTENTION,
    /** {@code attention_bias} and {@code mlp_bias}. */
    ATTENTION_AND_MLP
  }

  static Biases of(ModelConfig config, Rule rule) {
    boolean attention =
        (rule == Rule.ATTENTION || rule == Rule.ATTENTION_AND_MLP)
            && config.flag("attention_bias", false);
    boolean mlp = rule == Rule.ATTENTION_AND_MLP && config.flag("mlp_bias", false);
    return new Biases(attention || rule == Rule.QKV, attention, mlp);
  }
}
