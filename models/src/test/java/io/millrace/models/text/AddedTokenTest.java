package io.millrace.models.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Where added tokens are found in texts, with ids as transformers gives them. */
class AddedTokenTest {
  @TempDir private Path folder;

  /** Texts are made lower case, which shows what is looked for in them before and after. */
  private static ObjectNode definition() {
    ObjectNode definition = TinyTokenizers.byteLevel();
    definition.putObject("normalizer").put("type", "Lowercase");
    return definition;
  }

  private static ObjectNode json(String json) {
    return (ObjectNode) JsonMapper.shared().readTree(json.replace('\'', '"'));
  }

  /** The tokens of a text without spaces between them, which Ġ stands for. */
  private String tokens(ObjectNode definition, String config, String text) throws IOException {
    Files.writeString(folder.resolve("tokenizer.json"), definition.toString());
    Files.writeString(folder.resolve("tokenizer_config.json"), json(config).toString());
    try (ModelText model = ModelText.load(folder)) {
      HuggingFaceTokenizer tokenizer = (HuggingFaceTokenizer) model.tokenizer();
      return Arrays.stream(tokenizer.encode(text, false))
          .mapToObj(id -> id < 257 ? tokenizer.token(id) : "[" + tokenizer.token(id) + "]")
          .collect(Collectors.joining());
    }
  }

  private static final String NOTHING =
      "'special': false, 'lstrip': false, 'rstrip': false, 'single_word': false,"
          + " 'normalized': false";

  /** As if each were the only one that is set. */
  private static String flags(String set) {
    String flags = NOTHING;
    for (String flag : set.split(" ")) {
      flags = flags.replace("'" + flag + "': false", "'" + flag + "': true");
    }
    return flags;
  }

  @ParameterizedTest
  @CsvSource({
    "none, a <tool> b<tool>c, aĠ[<tool>]Ġb[<tool>]c",
    "lstrip, a <tool> b<tool>c, a[<tool>]Ġb[<tool>]c",
    "rstrip, a <tool> b<tool>c, aĠ[<tool>]b[<tool>]c",
    "lstrip rstrip, a  <tool>  b<tool>c, a[<tool>]b[<tool>]c",
    "single_word, a <tool> b<tool>c, aĠ[<tool>]Ġb<tool>c",
    "none, <TOOL><tool>, <tool>[<tool>]",
    "normalized, <TOOL><tool>, [<tool>][<tool>]",
    "normalized lstrip, a <Tool>, a[<tool>]",
    "special rstrip, <tool> a, [<tool>]a",
  })
  void flags_ofTheConfigurationCountWhateverTokenizerJsonSays(
      String set, String text, String expected) throws IOException {
    ObjectNode with = definition();
    int id = with.get("added_tokens").get(1).get("id").asInt();
    ObjectNode without = definition();
    ((ArrayNode) without.get("added_tokens")).remove(1);
    ObjectNode otherwise = definition();
    ((ObjectNode) otherwise.get("added_tokens").get(1))
        .put("lstrip", true)
        .put("rstrip", true)
        .put("single_word", true)
        .put("normalized", true);
    String config =
        "{'added_tokens_decoder': {'%d': {'content': '<tool>', %s}}}".formatted(id, flags(set));

    assertThat(tokens(with, config, text)).isEqualTo(expected);
    assertThat(tokens(without, config, text)).isEqualTo(expected);
    assertThat(tokens(otherwise, config, text)).isEqualTo(expected);
  }

  @Test
  void flags_ofTokenizerJsonCountWhereTheConfigurationOnlyNamesTheToken() throws IOException {
    ObjectNode definition = definition();
    ((ObjectNode) definition.get("added_tokens").get(1)).put("lstrip", true);
    String named = "{'eos_token': {'content': '<tool>', 'lstrip': false, 'rstrip': true}}";

    assertThat(tokens(definition, "{}", "a <tool> b")).isEqualTo("a[<tool>]Ġb");
    assertThat(tokens(definition, "{'eos_token': '<tool>'}", "a <tool> b"))
        .isEqualTo("a[<tool>]Ġb");
    assertThat(tokens(definition, named, "a <tool> b")).isEqualTo("a[<tool>]Ġb");
  }

  @Test
  void flags_ofASpecialTokenThatIsInNoListCount() throws IOException {
    String config = "{'eos_token': {'content': 'b', 'lstrip': true, '__type': 'AddedToken'}}";
    assertThat(tokens(definition(), config, "a b a")).isEqualTo("abĠa");
    assertThat(tokens(definition(), "{'eos_token': 'b'}", "a b a")).isEqualTo("aĠbĠa");
    String twice = config.replace("}}", "}, 'pad_token': 'b'}");
    assertThat(tokens(definition(), twice, "a b a")).isEqualTo("aĠbĠa");
  }

  /** Special tokens are found as they are spelled, others in the normalized text. */
  @Test
  void flags_thatAreNotSaidAreThoseOfTheLibrary() throws IOException {
    String config = "{'added_tokens_decoder': {'900': {'content': 'x y'%s}}}";
    ObjectNode definition = definition();
    int next = 1 + definition.get("added_tokens").get(1).get("id").asInt();
    String plain = config.replace("900", "" + next).formatted("");
    String special = config.replace("900", "" + next).formatted(", 'special': true");

    assertThat(tokens(definition, plain, "aX Yx y")).isEqualTo("a[x y][x y]");
    assertThat(tokens(definition, special, "aX Yx y")).isEqualTo("axĠy[x y]");
  }
}
