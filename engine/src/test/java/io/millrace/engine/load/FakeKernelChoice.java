package io.millrace.engine.load;

import io.millrace.engine.decoder.torch.KernelChoice;
import io.millrace.engine.decoder.torch.KernelPair;
import io.millrace.engine.decoder.torch.TorchKernel;
import io.millrace.engine.model.ModelSpec;
import io.millrace.engine.model.Precision;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was asked, and answers that tell it. */
final class FakeKernelChoice implements KernelChoice {
  final List<String> asked = new ArrayList<>();
  private final TorchKernel fastest;

  FakeKernelChoice(TorchKernel fastest) {
    this.fastest = fastest;
  }

  @Override
  public KernelPair fastest(ModelSpec spec, Precision precision, boolean room) {
    asked.add("fastest %s, room %s".formatted(precision, room));
    return KernelPair.only(fastest);
  }

  @Override
  public KernelPair fastestForMany(
      ModelSpec spec, Precision precision, @Nullable TorchKernel quantized) {
    asked.add("for many %s, or %s".formatted(precision, quantized));
    return KernelPair.only(fastest);
  }

  @Override
  public KernelPair quantized(ModelSpec spec, TorchKernel kernel, boolean room) {
    asked.add("quantized %s, room %s".formatted(kernel, room));
    return KernelPair.only(kernel);
  }

  @Override
  public TorchKernel require(TorchKernel kernel) {
    asked.add("require " + kernel);
    return kernel;
  }
}
