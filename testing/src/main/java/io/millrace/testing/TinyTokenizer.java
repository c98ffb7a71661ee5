package io.millrace.testing;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A byte-level BPE without merges: each byte of the text is a token, and every text has tokens. Ids
 * past the bytes are words that only the model writes.
 */
final class TinyTokenizer {
  static final List<String> SPECIALS =
      List.of("<unk>", "<s>", "</s>", "<|im_start|>", "<|im_end|>");
  static final int BOS = SPECIALS.indexOf("<s>");
  static final int EOS = SPECIALS.indexOf("</s>");
  static final int END_OF_TURN = SPECIALS.indexOf("<|im_end|>");
  static final int BYTES = 256;

  private static final String CHAT_TEMPLATE =
      """
      {% for message in messages %}\
      {{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}\
      {% endfor %}\
      {% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}""";

  private TinyTokenizer() {}

  /** The text of each id, as {@code tokenizer.json} and GGUF spell it. */
  static List<String> vocabulary(int size) {
    List<String> tokens = new ArrayList<>(SPECIALS);
    int shifted = BYTES;
    for (int b = 0; b < BYTES; b++) {
      tokens.add(Character.toString(printable(b) ? b : shifted++));
    }
    if (size < tokens.size()) {
      throw new IllegalArgumentException(
          "a vocabulary of %d; the least is %d".formatted(size, tokens.size()));
    }
    for (int word = 0; tokens.size() < size; word++) {
      tokens.add("\u0120w" + word);
    }
    return tokens;
  }

  /** GPT-2's alphabet: bytes that print stand for themselves, others move past 255. */
  private static boolean printable(int b) {
    return b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xAC || b >= 0xAE && b <= 0xFF;
  }

  /** {@code tokenizer.json}; the begin-of-text token goes before every prompt. */
  static ObjectNode tokenizer(int vocabularySize) {
    ObjectNode root = JsonMapper.shared().createObjectNode();
    root.put("version", "1.0").putNull("truncation").putNull("padding");
    ArrayNode added = root.putArray("added_tokens");
    SPECIALS.forEach(token -> special(added.addObject(), token));
    root.putNull("normalizer");
    byteLevel(root.putObject("pre_tokenizer"), false);
    postProcessor(root.putObject("post_processor"));
    byteLevel(root.putObject("decoder"), true);
    model(root.putObject("model"), vocabulary(vocabularySize));
    return root;
  }

  private static void special(ObjectNode node, String token) {
    node.put("id", SPECIALS.indexOf(token)).put("content", token).put("special", true);
    for (String flag : List.of("single_word", "lstrip", "rstrip", "normalized")) {
      node.put(flag, false);
    }
  }

  private static void byteLevel(ObjectNode node, boolean addPrefixSpace) {
    node.put("type", "ByteLevel").put("add_prefix_space", addPrefixSpace);
    node.put("trim_offsets", true).put("use_regex", true);
  }

  private static void postProcessor(ObjectNode node) {
    node.put("type", "TemplateProcessing");
    ArrayNode single = node.putArray("single");
    single.addObject().putObject("SpecialToken").put("id", "<s>").put("type_id", 0);
    single.addObject().putObject("Sequence").put("id", "A").put("type_id", 0);
    ArrayNode pair = node.putArray("pair");
    pair.addObject().putObject("Sequence").put("id", "A").put("type_id", 0);
    pair.addObject().putObject("Sequence").put("id", "B").put("type_id", 1);
    ObjectNode bos = node.putObject("special_tokens").putObject("<s>").put("id", "<s>");
    bos.putArray("ids").add(BOS);
    bos.putArray("tokens").add("<s>");
  }

  private static void model(ObjectNode node, List<String> vocabulary) {
    node.put("type", "BPE").putNull("dropout").putNull("unk_token");
    node.putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
    node.put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", false);
    ObjectNode ids = node.putObject("vocab");
    for (int id = 0; id < vocabulary.size(); id++) {
      ids.put(vocabulary.get(id), id);
    }
    node.putArray("merges");
  }

  /** {@code tokenizer_config.json} with a ChatML template. */
  static ObjectNode tokenizerConfig(int maxPositions) {
    return JsonMapper.shared()
        .createObjectNode()
        .put("bos_token", "<s>")
        .put("eos_token", "</s>")
        .put("unk_token", "<unk>")
        .put("chat_template", CHAT_TEMPLATE)
        .put("tokenizer_class", "PreTrainedTokenizerFast")
        .put("model_max_length", maxPositions);
  }
}
