package io.millrace.models.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Small definitions of the two families of tokenizers, with a few merges and special tokens. */
final class TinyTokenizers {
  private static final JsonMapper JSON = JsonMapper.shared();

  private TinyTokenizers() {}

  /** {@code <|end|>} = 0, the bytes from 1, then merges, and {@code <tool>}, added but no mark. */
  static ObjectNode byteLevel() {
    List<String> tokens = new ArrayList<>(List.of("<|end|>"));
    IntStream.range(0, 256).forEach(b -> tokens.add("" + byteCharacter(b)));
    List<String> merges = new ArrayList<>();
    String[] words = {" hello", " the", "é", "語", "日本", "😀"};
    for (String word : words) {
      addMerges(spelled(word), tokens, merges);
    }
    ObjectNode definition = bpe(tokens, merges);
    String byteLevel =
        """
        {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}
        """;
    definition.set("pre_tokenizer", JSON.readTree(byteLevel));
    definition.set("decoder", JSON.readTree(byteLevel));
    addToken(definition, 0, "<|end|>", true);
    addToken(definition, tokens.size(), "<tool>", false);
    return definition;
  }

  /** {@code <unk>}, {@code <s>}, {@code </s>}, the bytes from 3, then characters and merges. */
  static ObjectNode byteFallback() {
    List<String> tokens = new ArrayList<>(List.of("<unk>", "<s>", "</s>"));
    IntStream.range(0, 256).forEach(b -> tokens.add("<0x%02X>".formatted(b)));
    "▁helotéa ".chars().forEach(c -> tokens.add("" + (char) c));
    List<String> merges = new ArrayList<>();
    addMerges("▁hello", tokens, merges);
    addMerges("▁the", tokens, merges);
    ObjectNode definition = bpe(tokens, merges);
    ObjectNode model = (ObjectNode) definition.get("model");
    model.put("byte_fallback", true).put("fuse_unk", true).put("unk_token", "<unk>");
    definition.set(
        "normalizer",
        JSON.readTree(
            """
            {"type": "Sequence", "normalizers": [
              {"type": "Prepend", "prepend": "▁"},
              {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]}
            """));
    definition.set(
        "decoder",
        JSON.readTree(
            """
            {"type": "Sequence", "decoders": [
              {"type": "Replace", "pattern": {"String": "▁"}, "content": " "},
              {"type": "ByteFallback"}, {"type": "Fuse"},
              {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}
            """));
    definition.set(
        "post_processor",
        JSON.readTree(
            """
            {"type": "TemplateProcessing",
             "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}},
                        {"Sequence": {"id": "A", "type_id": 0}}],
             "pair": [{"Sequence": {"id": "A", "type_id": 0}},
                      {"Sequence": {"id": "B", "type_id": 0}}],
             "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]}}}
            """));
    for (int id = 0; id < 3; id++) {
      addToken(definition, id, tokens.get(id), true);
    }
    return definition;
  }

  private static ObjectNode bpe(List<String> tokens, List<String> merges) {
    ObjectNode definition = JSON.createObjectNode();
    definition.put("version", "1.0");
    definition.putArray("added_tokens");
    ObjectNode model = definition.putObject("model").put("type", "BPE");
    ObjectNode vocab = model.putObject("vocab");
    tokens.forEach(token -> vocab.put(token, vocab.size()));
    ArrayNode list = model.putArray("merges");
    merges.forEach(list::add);
    return definition;
  }

  private static void addToken(ObjectNode definition, int id, String content, boolean special) {
    ((ArrayNode) definition.get("added_tokens"))
        .addObject()
        .put("id", id)
        .put("content", content)
        .put("special", special)
        .put("single_word", false)
        .put("lstrip", false)
        .put("rstrip", false)
        .put("normalized", false);
  }

  private static void addMerges(String word, List<String> tokens, List<String> merges) {
    for (int end = 2; end <= word.length(); end++) {
      String merged = word.substring(0, end);
      if (!tokens.contains(merged)) {
        merges.add(word.substring(0, end - 1) + " " + word.charAt(end - 1));
        tokens.add(merged);
      }
    }
  }

  /** The character that byte-level BPE writes a byte with, as GPT-2's encoder counts them. */
  static char byteCharacter(int unsignedByte) {
    List<Integer> hidden =
        IntStream.range(0, 256)
            .filter(b -> b <= ' ' || b >= 127 && b <= 160 || b == 173)
            .boxed()
            .toList();
    int index = hidden.indexOf(unsignedByte);
    return (char) (index < 0 ? unsignedByte : 256 + index);
  }

  private static String spelled(String text) {
    StringBuilder spelled = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      spelled.append(byteCharacter(b & 0xFF));
    }
    return spelled.toString();
  }
}
