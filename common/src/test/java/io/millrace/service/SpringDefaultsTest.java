package io.millrace.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cli.ServedModel;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import picocli.CommandLine;

final class SpringDefaultsTest {
  @ParameterizedTest
  @ValueSource(strings = {"MILLRACE_MODEL_NAME", "MILLRACE_SERVED_MODEL_NAME"})
  void flagOfSeveralNames_isSetByTheFirstAndTheLongest(String variable) {
    StandardEnvironment environment = new StandardEnvironment();
    environment
        .getPropertySources()
        .addFirst(
            new SystemEnvironmentPropertySource(
                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                Map.of(variable, "tiny")));
    ServedModel model = new ServedModel();
    CommandLine line = new CommandLine(model);
    line.setDefaultValueProvider(new SpringDefaults(environment));
    line.parseArgs();
    assertThat(model.name()).isEqualTo("tiny");
  }
}
