package io.millrace.engine.decoder.torch;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.millrace.engine.decoder.Decoder;
import io.millrace.engine.decoder.PromptTargets;
import io.millrace.engine.decoder.StepInput;
import io.millrace.engine.decoder.StepOutput;
import io.millrace.engine.model.StepResult;
import io.millrace.engine.sampling.SamplingBatch;

/**
 * The decoder that computes any step by the TorchScript program. Logits stay in libtorch, on the
 * device.
 */
public final class TorchDecoder implements Decoder {
  private final PtNDManager manager;
  private final TorchProgram program;
  private final TorchWeights weights;
  private final KernelPair kernels;
  private final TorchKvCache cache;
  private final TorchSampler sampler;
  private final TorchThreads threads;
  private final BatchBuilder batches;

  /** Makes a decoder that owns none of its parts. */
  public TorchDecoder(
      PtNDManager manager,
      TorchProgram program,
      TorchWeights weights,
      KernelPair kernels,
      TorchKvCache cache,
      TorchSampler sampler,
      TorchThreads threads) {
    this.manager = manager;
    this.program = program;
    this.weights = weights;
    this.kernels = kernels;
    this.cache = cache;
    this.sampler = sampler;
    this.threads = threads;
    this.batches = new BatchBuilder(cache.blockSize(), weights.spec().kvHeads());
  }

  @Override
  public String label() {
    return kernels.label();
  }

  @Override
  public boolean takes(StepInput step) {
    return true;
  }

  @Override
  public StepOutput compute(StepInput step) {
    threads.useAll();
    long started = System.nanoTime();
    Batch batch = batches.build(step);
    long hostNanos = System.nanoTime() - started;
    try (ProgramArguments arguments = new ProgramArguments(manager)) {
      weights.addTo(arguments, kernels.areMany(step.numRows()));
      cache.addTo(arguments);
      batch.addTo(arguments);
      return new TensorOutput(program.call("logits", arguments.values()), hostNanos);
    }
  }

  /** Closes nothing, because no part is its own. */
  @Override
  public void close() {}

  private final class TensorOutput implements StepOutput {
    private final IValue logits;
    private final long hostNanos;

    TensorOutput(IValue logits, long hostNanos) {
      this.logits = logits;
      this.hostNanos = hostNanos;
    }

    @Override
    public StepResult sample(SamplingBatch sampling, PromptTargets prompts) {
      return sampler.sample(logits, sampling, prompts);
    }

    @Override
    public float[] logits() {
      try (PtNDManager scope = (PtNDManager) manager.newSubManager()) {
        PtNDArray tensor = logits.toTensor(scope);
        return tensor.toFloatArray();
      }
    }

    @Override
    public long hostNanos() {
      return hostNanos;
    }

    @Override
    public void close() {
      logits.close();
    }
  }
}
