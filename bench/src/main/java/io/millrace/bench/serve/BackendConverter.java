package io.millrace.bench.serve;

import io.millrace.bench.serve.TargetOptions.Backend;
import java.util.Arrays;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A converter of backends' names in vLLM. */
final class BackendConverter implements ITypeConverter<Backend> {
  @Override
  public Backend convert(String value) {
    return Arrays.stream(Backend.values())
        .filter(backend -> backend.toString().equals(value))
        .findFirst()
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "must be %s, but is %s"
                        .formatted(
                            Arrays.stream(Backend.values())
                                .map(Backend::toString)
                                .collect(Collectors.joining(" or ")),
                            value)));
  }
}
