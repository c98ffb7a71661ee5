package io.millrace.models.weights;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** ggml's numbers for the types of tensors ({@code enum ggml_type} in ggml.h). */
final class GgmlTypes {
  private static final Map<Integer, ElementType> SUPPORTED =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry(0, ElementType.F32),
              Map.entry(1, ElementType.F16),
              Map.entry(2, ElementType.Q4_0),
              Map.entry(3, ElementType.Q4_1),
              Map.entry(6, ElementType.Q5_0),
              Map.entry(7, ElementType.Q5_1),
              Map.entry(8, ElementType.Q8_0),
              Map.entry(12, ElementType.Q4_K),
              Map.entry(13, ElementType.Q5_K),
              Map.entry(14, ElementType.Q6_K),
              Map.entry(24, ElementType.I8),
              Map.entry(25, ElementType.I16),
              Map.entry(26, ElementType.I32),
              Map.entry(27, ElementType.I64),
              Map.entry(28, ElementType.F64),
              Map.entry(30, ElementType.BF16)));

  private static final Map<Integer, String> UNSUPPORTED =
      Map.ofEntries(
          Map.entry(9, "Q8_1"),
          Map.entry(10, "Q2_K"),
          Map.entry(11, "Q3_K"),
          Map.entry(15, "Q8_K"),
          Map.entry(16, "IQ2_XXS"),
          Map.entry(17, "IQ2_XS"),
          Map.entry(18, "IQ3_XXS"),
          Map.entry(19, "IQ1_S"),
          Map.entry(20, "IQ4_NL"),
          Map.entry(21, "IQ3_S"),
          Map.entry(22, "IQ2_S"),
          Map.entry(23, "IQ4_XS"),
          Map.entry(29, "IQ1_M"),
          Map.entry(34, "TQ1_0"),
          Map.entry(35, "TQ2_0"),
          Map.entry(39, "MXFP4"),
          Map.entry(40, "NVFP4"));

  private GgmlTypes() {}

  static ElementType read(ByteCursor cursor, String tensor) {
    int number = cursor.i32();
    ElementType type = SUPPORTED.get(number);
    if (type == null) {
      throw cursor.bad(
          "tensor %s has the type %s, which is not supported; these are: %s"
              .formatted(
                  tensor,
                  UNSUPPORTED.getOrDefault(number, "number " + Integer.toUnsignedString(number)),
                  SUPPORTED.values().stream().map(Enum::name).collect(Collectors.joining(", "))));
    }
    return type;
  }
}
