package io.millrace.engine.decoder.torch;

import io.millrace.engine.model.ModelSpec;
import io.millrace.engine.model.Precision;
import org.jspecify.annotations.Nullable;

/** The choice of the program's fastest kernels on a machine. */
public interface KernelChoice {

  /**
   * The fastest kernels for a precision. In float32, the mode whose answers can be reproduced, it
   * is one, so that a row's numbers do not depend on how many others there are.
   *
   * @param room whether there is memory for weights that are packed twice
   */
  KernelPair fastest(ModelSpec spec, Precision precision, boolean room);

  /**
   * The fastest kernel for prompts and many rows, where another decoder computes few rows.
   *
   * @param quantized another candidate, or null
   */
  KernelPair fastestForMany(ModelSpec spec, Precision precision, @Nullable TorchKernel quantized);

  /**
   * A quantised kernel, which reads least, and beside it the fastest one for many rows.
   *
   * @param room whether there is memory for weights that are packed twice
   */
  KernelPair quantized(ModelSpec spec, TorchKernel kernel, boolean room);

  /**
   * Returns the kernel, if it exists on this machine.
   *
   * @throws io.millrace.engine.model.UnsupportedModel if it does not
   */
  TorchKernel require(TorchKernel kernel);
}
