package io.millrace.bench.golden;

import io.millrace.engine.schedule.Policy;
import io.millrace.engine.speculation.SequenceDrafter;
import io.millrace.engine.start.EngineOptions;
import io.millrace.engine.start.EngineStart;
import io.millrace.engine.start.ModelRuntime;
import java.nio.file.Path;
import java.util.List;

/** Models in float32, and checks of what they answer. */
final class GoldenRuns {
  private GoldenRuns() {}

  static ModelRuntime load(Path model) {
    return EngineStart.load(model.toString(), EngineOptions.inFloat32(), 11);
  }

  static List<GoldenResult> check(Path model, List<GoldenCase> cases, int chunk) {
    try (ModelRuntime runtime = load(model)) {
      return check(runtime, cases, chunk);
    }
  }

  static List<GoldenResult> check(ModelRuntime runtime, List<GoldenCase> cases, int chunk) {
    return new GoldenCheck(runtime.model(), runtime.prompts(), GoldenConditions.chunks(chunk))
        .check(cases);
  }

  /** One sequence at a time, with the right tokens proposed. */
  static GoldenConditions speculation(List<GoldenCase> cases) {
    return new GoldenConditions(
        Policy.mixed(1, 512), true, false, new SequenceDrafter(new KnownAnswers(cases)));
  }
}
