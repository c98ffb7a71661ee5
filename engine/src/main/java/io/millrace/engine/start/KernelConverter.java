package io.millrace.engine.start;

import io.millrace.engine.model.Kernel;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A converter of kernels' labels; {@code auto} is null. */
final class KernelConverter implements ITypeConverter<Kernel> {

  @Override
  public @Nullable Kernel convert(String value) {
    if (value.equalsIgnoreCase("auto")) {
      return null;
    }
    return Arrays.stream(Kernel.values())
        .filter(kernel -> kernel.label().equalsIgnoreCase(value))
        .findFirst()
        .orElseThrow(() -> new TypeConversionException(refusal(value)));
  }

  private static String refusal(String value) {
    String labels =
        Arrays.stream(Kernel.values()).map(Kernel::label).collect(Collectors.joining(", "));
    return "must be auto, %s, but is %s".formatted(labels, value);
  }
}
