package io.millrace.engine.load;

import io.millrace.engine.decoder.CacheLayout;
import io.millrace.engine.decoder.DecoderChoice;
import io.millrace.engine.decoder.cuda.CudaChoice;
import io.millrace.engine.decoder.torch.KernelChoice;
import io.millrace.engine.decoder.torch.KernelPair;
import io.millrace.engine.model.ModelSpec;
import io.millrace.engine.model.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The plan of how a model's steps are computed, and the one place where that is decided.
 *
 * @param spec the model, with no more positions than the cache holds
 * @param cache size of the KV cache
 * @param layout of the KV cache in memory
 * @param decoders those written in Java, in the order in which they are asked; or the one of CUDA
 * @param kernels of the TorchScript program, which computes what they leave; null if nothing is
 *     left
 * @param notes why other decoders were not taken
 */
record DecoderPlan(
    ModelSpec spec,
    KvCacheSize cache,
    CacheLayout layout,
    List<DecoderChoice> decoders,
    @Nullable KernelPair kernels,
    List<String> notes) {

  DecoderPlan {
    decoders = List.copyOf(decoders);
    notes = List.copyOf(notes);
  }

  /**
   * Plans the steps of a model.
   *
   * @param published the model as its authors made it
   * @param precision that of the settings, or of the checkpoint
   * @param weights number of its parameters
   * @param kernelChoice is asked at most once, because it may have to measure
   * @throws io.millrace.engine.model.UnsupportedModel if the settings cannot be met
   */
  static DecoderPlan of(
      ModelSpec published,
      Precision precision,
      long weights,
      ModelSettings settings,
      Machine machine,
      KernelChoice kernelChoice) {
    return new DecoderPlanner(published, precision, weights, settings, machine).plan(kernelChoice);
  }

  /** The decoder of CUDA kernels, if it computes the model. */
  Optional<CudaChoice> cuda() {
    return decoders.stream()
        .filter(CudaChoice.class::isInstance)
        .map(CudaChoice.class::cast)
        .findFirst();
  }

  /** Kernels of the program, if it has a part. */
  Optional<KernelPair> program() {
    return Optional.ofNullable(kernels);
  }

  /** One line for the log: decoders in order, cache, and why not others. */
  @Override
  public String toString() {
    List<String> labels = new ArrayList<>();
    decoders.forEach(decoder -> labels.add(decoder.label()));
    program().ifPresent(pair -> labels.add(pair.label()));
    String why = notes.stream().map(note -> "; " + note).collect(Collectors.joining());
    return "decoders: %s; %s, %s%s".formatted(String.join(", then ", labels), cache, layout, why);
  }
}
