package io.millrace.models.text;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/**
 * The pre-tokenizer of a byte-level BPE model, which cuts texts into words; GGUF files name it in
 * {@code tokenizer.ggml.pre}. The patterns are those of the models' own {@code tokenizer.json}.
 *
 * @see <a href="https://github.com/ggml-org/llama.cpp/blob/master/src/llama-vocab.cpp">the
 *     names</a>
 */
enum PreTokenizer {
  /** Assumed by llama.cpp for files that name none. */
  DEFAULT(
      "default",
      TokenizerDefinition.isolate("[\\p{P}\\$\\+<=>\\^~\\|]+"),
      TokenizerDefinition.isolate(Patterns.GPT2),
      TokenizerDefinition.isolate("\\p{N}+"),
      TokenizerDefinition.isolate("[0-9][0-9][0-9]")),
  GPT2(
      "gpt-2 phi-2 olmo mpt jais trillion exaone4 mellum gigachat a.x-4.0 modern-bert",
      TokenizerDefinition.isolate(Patterns.GPT2)),
  SINGLE_DIGITS(
      "smollm starcoder refact command-r codeshell exaone minerva-7b mellum2",
      Patterns.singleDigits(),
      TokenizerDefinition.isolate(Patterns.GPT2)),
  LLAMA3(
      "llama-bpe llama3 llama-v3 falcon3 falcon-h1 pixtral midm-2.0 lfm2",
      TokenizerDefinition.isolate(Patterns.LLAMA3)),
  LLAMA3_WITH_MERGES(
      "dbrx smaug-bpe glm4 chatglm-bpe", TokenizerDefinition.isolate(Patterns.LLAMA3)),
  QWEN2(
      "qwen2 deepseek-r1-qwen kormo f2llmv2 megrez stablelm2 hunyuan solar-open grok-2",
      TokenizerDefinition.isolate(Patterns.QWEN2)),
  QWEN35("qwen35", TokenizerDefinition.isolate(Patterns.QWEN35)),
  TEKKEN("tekken", TokenizerDefinition.isolate(Patterns.TEKKEN)),
  GPT4O("gpt-4o llama4 kanana2", TokenizerDefinition.isolate(Patterns.GPT4O)),
  DEEPSEEK_LLM(
      "deepseek-llm",
      TokenizerDefinition.isolate("[\r\n]"),
      TokenizerDefinition.isolate("\\s?[\\p{Lu}\\p{Lt}\\p{Ll}]+"),
      TokenizerDefinition.isolate("\\s?[!-/:-~！-／：-～‘-‟　-。]+"),
      TokenizerDefinition.isolate(Patterns.TRAILING_SPACE),
      TokenizerDefinition.isolate(Patterns.DEEPSEEK_CJK),
      Patterns.singleDigits()),
  DEEPSEEK_CODER(
      "deepseek-coder",
      TokenizerDefinition.isolate("[\r\n]"),
      TokenizerDefinition.isolate("\\s?\\p{L}+"),
      TokenizerDefinition.isolate("\\s?\\p{P}+"),
      TokenizerDefinition.isolate(Patterns.DEEPSEEK_CJK),
      Patterns.singleDigits()),
  DEEPSEEK_V3(
      "deepseek-v3 hunyuan-dense joyai-llm",
      TokenizerDefinition.isolate("\\p{N}{1,3}"),
      TokenizerDefinition.isolate("[一-龥぀-ゟ゠-ヿ]+"),
      TokenizerDefinition.isolate(Patterns.DEEPSEEK_V3));

  private final List<String> names;
  private final List<ObjectNode> steps;

  PreTokenizer(String names, ObjectNode... steps) {
    this.names = List.of(names.split(" "));
    this.steps = List.of(steps);
  }

  static Optional<PreTokenizer> named(String name) {
    return Arrays.stream(values()).filter(kind -> kind.names.contains(name)).findFirst();
  }

  /** Every name there is, for a message. */
  static String allNames() {
    return Arrays.stream(values())
        .flatMap(kind -> kind.names.stream())
        .sorted()
        .collect(Collectors.joining(", "));
  }

  /** The {@code pre_tokenizer} of a {@code tokenizer.json}. */
  ObjectNode definition() {
    return TokenizerDefinition.sequence(
        "Sequence",
        "pretokenizers",
        Stream.concat(
                steps.stream().map(ObjectNode::deepCopy),
                Stream.of(TokenizerDefinition.byteLevel(false)))
            .toList());
  }

  /** Whether a word that is a token stays whole even where no merges lead to it. */
  boolean ignoresMerges() {
    return this == LLAMA3 || this == TEKKEN;
  }

  /** Whether texts begin with the beginning-of-sequence token where the file does not say. */
  boolean addsBos() {
    return this == LLAMA3 || this == TEKKEN;
  }

  private static final class Patterns {
    static final String GPT2 =
        "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

    /** The model's own is without the lookbehind, and so takes quadratic time. */
    static final String TRAILING_SPACE = "(?<!\\s)\\s+$";

    static final String DEEPSEEK_CJK = "[一-龥ࠀ-一가-퟿]+";
    private static final String CONTRACTION = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
    private static final String SPACES = "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    private static final String SYMBOLS = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*" + SPACES;
    private static final String SYMBOLS_OR_PATH = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*" + SPACES;
    static final String LLAMA3 =
        CONTRACTION + "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}" + SYMBOLS;
    static final String QWEN2 = CONTRACTION + "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}" + SYMBOLS;
    static final String QWEN35 =
        CONTRACTION
            + "|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}"
            + "| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*"
            + SPACES;
    private static final String UPPER = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
    private static final String LOWER = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
    private static final String CAMEL_HUMP = "[^\\r\\n\\p{L}\\p{N}]?" + UPPER + "*" + LOWER + "+";
    private static final String SHOUT = "[^\\r\\n\\p{L}\\p{N}]?" + UPPER + "+" + LOWER + "*";
    static final String TEKKEN = CAMEL_HUMP + "|" + SHOUT + "|\\p{N}" + SYMBOLS_OR_PATH;
    static final String GPT4O =
        CAMEL_HUMP + CONTRACTION + "?|" + SHOUT + CONTRACTION + "?|\\p{N}{1,3}" + SYMBOLS_OR_PATH;
    static final String DEEPSEEK_V3 =
        "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+"
            + "|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*"
            + SPACES;

    static ObjectNode singleDigits() {
      return TokenizerDefinition.component("Digits").put("individual_digits", true);
    }
  }
}
