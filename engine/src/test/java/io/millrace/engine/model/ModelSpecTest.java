package io.millrace.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What configurations mean, as transformers reads them. */
final class ModelSpecTest {
  private static final JsonMapper JSON = JsonMapper.shared();

  /** A model of four layers and 8192 positions with some fields more. */
  private static ModelSpec spec(String family, String fields) {
    return ModelSpec.of(config(family, fields));
  }

  private static ObjectNode config(String family, String fields) {
    ObjectNode config = JSON.createObjectNode();
    config.putArray("architectures").add(family + "ForCausalLM");
    config
        .put("hidden_size", 64)
        .put("intermediate_size", 128)
        .put("num_hidden_layers", 4)
        .put("num_attention_heads", 4)
        .put("num_key_value_heads", 2)
        .put("vocab_size", 384)
        .put("max_position_embeddings", 8192);
    config.setAll((ObjectNode) JSON.readTree("{" + fields.replace('\'', '"') + "}"));
    return config;
  }

  private static final String ALL =
      "['sliding_attention','sliding_attention','sliding_attention'," + "'sliding_attention']";
  private static final String FULL =
      "['full_attention','full_attention','full_attention','full_attention']";
  private static final String MIXED =
      "['full_attention','full_attention','sliding_attention','sliding_attention']";

  private static String named(String fields) {
    return fields.replace("ALL", ALL).replace("FULL", FULL).replace("MIXED", MIXED);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // Llama's have none, whatever their configurations say.
        "Llama   | 'sliding_window': 20 | 0",
        "Llama   | 'sliding_window': 20, 'use_sliding_window': true, 'max_window_layers': 0 | 0",
        "Llama   | 'sliding_window': 20, 'layer_types': ALL | 0",
        "Llama   | 'sliding_window': 'wide' | 0",
        // Mistral's have one that is there.
        "Mistral | 'sliding_window': 20 | 20",
        "Mistral | 'sliding_window': 20, 'use_sliding_window': false | 20",
        "Mistral | 'sliding_window': 20, 'max_window_layers': 2 | 20",
        "Mistral | 'sliding_window': 20, 'layer_types': FULL | 20",
        "Mistral | 'sliding_window': null | 0",
        "Mistral | 'head_dim': 16 | 4096",
        "Mistral | 'sliding_window': 8192 | 0",
        // Qwen's have one in their last layers, if they use it.
        "Qwen2   | 'sliding_window': 20 | 0",
        "Qwen2   | 'sliding_window': 20, 'use_sliding_window': false, 'max_window_layers': 0 | 0",
        "Qwen2   | 'sliding_window': 0, 'use_sliding_window': false | 0",
        "Qwen2   | 'sliding_window': 20, 'use_sliding_window': true, 'max_window_layers': 0 | 20",
        "Qwen2   | 'sliding_window': 20, 'use_sliding_window': true, 'max_window_layers': 4 | 0",
        "Qwen2   | 'sliding_window': 20, 'use_sliding_window': true, 'max_window_layers': 70 | 0",
        "Qwen2   | 'sliding_window': 20, 'use_sliding_window': true | 0",
        "Qwen2   | 'use_sliding_window': true, 'max_window_layers': 0 | 4096",
        "Qwen2   | 'sliding_window': null, 'use_sliding_window': true, 'max_window_layers': 0 | 0",
        "Qwen3   | 'sliding_window': 20 | 0",
        "Qwen3   | 'sliding_window': 20, 'use_sliding_window': true, 'max_window_layers': 0 | 20",
        "Qwen3   | 'sliding_window': 9000, 'use_sliding_window': true, 'max_window_layers': 2 | 0",
        // A list of layers goes before max_window_layers.
        "Qwen2   | 'sliding_window': 20, 'use_sliding_window': true, 'layer_types': ALL | 20",
        "Qwen2   | 'sliding_window': 20, 'use_sliding_window': true, 'max_window_layers': 2, 'layer_types': FULL | 0",
        "Qwen3   | 'sliding_window': 20, 'use_sliding_window': true, 'layer_types': ALL | 20",
        "Qwen3   | 'sliding_window': 9000, 'use_sliding_window': true, 'layer_types': MIXED | 0",
        "Qwen3   | 'sliding_window': 20, 'use_sliding_window': true, 'layer_types': null, 'max_window_layers': 0 | 20",
      })
  void window_isReadAsEachFamilySaysIt(String family, String fields, int window) {
    assertThat(spec(family, named(fields)).window()).isEqualTo(window);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "Mistral | 'sliding_window': 0 | sliding_window must be a positive whole number, but is 0",
        "Mistral | 'sliding_window': '20' | sliding_window must be a positive whole number, but is \"20\"",
        "Qwen2 | 'use_sliding_window': 'yes' | use_sliding_window must be true or false, but is \"yes\"",
        "Qwen2 | 'sliding_window': 20, 'use_sliding_window': true, 'max_window_layers': 3 | a sliding_window in 1 of 4 layers (max_window_layers) is not supported; supported is one in all",
        "Qwen3 | 'sliding_window': 20, 'use_sliding_window': true, 'layer_types': MIXED | a sliding_window in 2 of 4 layers (layer_types) is not supported; supported is one in all",
        "Qwen3 | 'sliding_window': 20, 'layer_types': MIXED | layer_types has sliding_attention, but there is no sliding_window",
        "Qwen3 | 'layer_types': ['full_attention'] | layer_types has 1 entries, but num_hidden_layers is 4",
        "Qwen3 | 'layer_types': 'full_attention' | layer_types must be a list of strings, but is \"full_attention\"",
        "Qwen3 | 'layer_types': ['full_attention','full_attention','full_attention','chunked_attention'] | layer_types has chunked_attention; supported are full_attention and sliding_attention",
      })
  void window_ofSomeLayersOrOfNoMeaning_isRefused(String family, String fields, String message) {
    assertRefused(family, named(fields), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'rms_norm_eps': 1e-5 | 10000",
        "'rope_theta': 500000 | 500000",
        "'rope_theta': 1e6, 'rope_scaling': null | 1000000",
        "'rope_parameters': {'rope_theta': 5000, 'rope_type': 'default'} | 5000",
        "'rope_theta': 7000, 'rope_parameters': {'rope_theta': 5000} | 5000",
        "'rope_theta': 7000, 'rope_parameters': {'rope_type': 'default'} | 7000",
        "'rope_theta': 7000, 'rope_scaling': {'rope_theta': 5000, 'type': 'default'} | 5000",
        "'rope_theta': 7000, 'rope_scaling': {}, 'rope_parameters': {'rope_theta': 5000} | 5000",
        "'rope_scaling': {'rope_theta': 6000}, 'rope_parameters': {'rope_theta': 5000} | 6000",
        "'rope_scaling': {'type': 'default'}, 'rope_parameters': {'rope_theta': 5000} | 10000",
        "'rope_parameters': {'rope_theta': 5000, 'partial_rotary_factor': 1.0} | 5000",
      })
  void theta_isTheInnermost(String fields, double theta) {
    assertThat(spec("Llama", fields).positions())
        .isEqualTo(new Positions.Rotary(theta, new RopeScaling.None()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'rope_scaling': {'type': 'linear', 'factor': 4} | 4",
        "'rope_scaling': {'rope_type': 'linear', 'type': 'yarn', 'factor': 2.5} | 2.5",
        "'rope_parameters': {'rope_type': 'linear', 'factor': 2.5, 'rope_theta': 10000} | 2.5",
      })
  void scaling_isReadInAllSpellings(String fields, double factor) {
    assertThat(spec("Llama", fields).positions())
        .isEqualTo(new Positions.Rotary(10_000, new RopeScaling.Linear(factor)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'rope_theta': 0 | rope_theta must be a positive number, but is 0",
        "'rope_theta': -1.5 | rope_theta must be a positive number, but is -1.5",
        "'rope_theta': '10000' | rope_theta must be a positive number, but is \"10000\"",
        "'rope_theta': [10000] | rope_theta must be a positive number, but is [10000]",
        "'rope_theta': true | rope_theta must be a positive number, but is true",
        "'rope_parameters': {'rope_theta': 0} | rope_parameters.rope_theta must be a positive number, but is 0",
        "'rope_theta': 5, 'rope_parameters': {'rope_theta': '5'} | rope_parameters.rope_theta must be a positive number, but is \"5\"",
        "'rope_scaling': {'rope_theta': [5]} | rope_scaling.rope_theta must be a positive number, but is [5]",
        "'rope_scaling': 'linear' | rope_scaling must be an object, but is \"linear\"",
        "'rope_parameters': [1] | rope_parameters must be an object, but is [1]",
        "'rope_scaling': {'rope_type': 5} | rope_scaling.rope_type must be a string, but is 5",
        "'rope_scaling': {'rope_type': 'yarn', 'factor': 4} | rope_scaling.rope_type yarn is not supported; supported are linear, llama3",
        "'rope_parameters': {'type': 'dynamic'} | rope_parameters.type dynamic is not supported; supported are linear, llama3",
        "'rope_scaling': {'type': 'linear'} | rope_scaling.factor must be a positive number, but is missing",
        "'rope_scaling': {'type': 'linear', 'factor': '4'} | rope_scaling.factor must be a positive number, but is \"4\"",
        "'rope_scaling': {'type': 'linear', 'factor': 0} | rope_scaling.factor must be a positive number, but is 0",
        "'rope_parameters': {'full_attention': {'rope_theta': 5}, 'sliding_attention': {'rope_theta': 6}} | rope_parameters.* for some layers (full_attention, sliding_attention) is not supported; supported is the same for all",
        "'partial_rotary_factor': 0.5 | partial_rotary_factor 0.5 is not supported; supported is 1",
        "'rope_parameters': {'partial_rotary_factor': 0.25} | rope_parameters.partial_rotary_factor 0.25 is not supported; supported is 1",
        "'rope_scaling': {'partial_rotary_factor': '1'} | rope_scaling.partial_rotary_factor must be a positive number, but is \"1\"",
      })
  void rotation_thatIsUnknown_isRefusedByName(String fields, String message) {
    assertRefused("Llama", fields, message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'quantization_config': {'quant_method': 'gptq', 'bits': 4} | quantization_config of the method gptq",
        "'quantization_config': {'quant_method': 'awq'} | quantization_config of the method awq",
        "'quantization_config': {'quant_method': 'fp8'} | quantization_config of the method fp8",
        "'quantization_config': {'quant_method': 'compressed-tensors'} | quantization_config of the method compressed-tensors",
        "'quantization_config': {'quant_method': 'bitsandbytes', 'load_in_4bit': true} | quantization_config of the method bitsandbytes",
        "'quantization_config': {'load_in_8bit': true} | quantization_config of the method (none named)",
        "'compression_config': {'format': 'int-quantized'} | compression_config of the method (none named)",
        "'quantization': {'bits': 4} | quantization of the method (none named)",
      })
  void quantization_isRefusedByName(String fields, String message) {
    assertRefused(
        "Qwen2", fields, message + " is not supported; supported are floating point and GGUF");
  }

  @Test
  void quantization_thatIsNone_isNone() {
    assertThat(spec("Qwen2", "'quantization_config': null").layers()).isEqualTo(4);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "Llama    | 'attention_bias': true | true, true, false",
        "Llama    | 'attention_bias': true, 'mlp_bias': true | true, true, true",
        "Llama    | 'attention_bias': false | false, false, false",
        "Mistral  | 'attention_bias': true, 'mlp_bias': true | false, false, false",
        "Qwen2    | 'attention_bias': false, 'mlp_bias': true | true, false, false",
        "Qwen3    | 'attention_bias': true, 'mlp_bias': true | true, true, false",
        "Baichuan | 'attention_bias': true, 'mlp_bias': true | false, false, false",
      })
  void biases_areThoseOfTheFamily(String family, String fields, String biases) {
    Biases read = spec(family, fields).biases();
    assertThat("%s, %s, %s".formatted(read.qkv(), read.output(), read.mlp())).isEqualTo(biases);
  }

  /** Its own code has constants where others have fields. */
  @Test
  void baichuan_readsNoFieldsOfOthers() {
    ModelSpec spec =
        spec(
            "Baichuan",
            "'head_dim': 32, 'rope_theta': 5, 'rope_scaling': {'type': 'linear', 'factor': 2},"
                + " 'sliding_window': 20");
    assertThat(spec.kvHeads()).isEqualTo(4);
    assertThat(spec.headDim()).isEqualTo(16);
    assertThat(spec.window()).isZero();
    assertThat(spec.positions()).isEqualTo(new Positions.Rotary(10_000, new RopeScaling.None()));
  }

  @Test
  void messages_nameWhereTheConfigurationComesFrom() {
    assertThatThrownBy(() -> ModelSpec.of(config("Llama", "'hidden_act': 'gelu'"), "GGUF metadata"))
        .isInstanceOf(UnsupportedModel.class)
        .hasMessage("GGUF metadata: hidden_act gelu is not supported; supported is silu");
  }

  private static void assertRefused(String family, String fields, String message) {
    assertThatThrownBy(() -> spec(family, fields))
        .isInstanceOf(UnsupportedModel.class)
        .hasMessage("config.json: " + message);
  }
}
