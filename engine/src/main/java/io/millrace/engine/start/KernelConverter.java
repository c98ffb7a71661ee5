package io.millrace.engine.start;

import io.millrace.engine.model.Kernel;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a kernel by its label; {@code auto} is null. */
final class KernelConverter implements ITypeConverter<Kernel> {
  /** Those of quantised weights go with {@code --quantize}. */
  private static final List<Kernel> FLOATING =
      Arrays.stream(Kernel.values()).filter(kernel -> !kernel.quantized()).toList();

  @Override
  public @Nullable Kernel convert(String value) {
    if (value.equalsIgnoreCase("auto")) {
      return null;
    }
    return FLOATING.stream()
        .filter(kernel -> kernel.label().equalsIgnoreCase(value))
        .findFirst()
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "must be auto, %s, but is %s"
                        .formatted(
                            FLOATING.stream().map(Kernel::label).collect(Collectors.joining(", ")),
                            value)));
  }
}
