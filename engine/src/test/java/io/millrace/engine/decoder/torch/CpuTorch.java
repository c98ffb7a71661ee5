package io.millrace.engine.decoder.torch;

import ai.djl.Device;
import ai.djl.pytorch.engine.PtNDManager;

/** The program and what it needs to be called on the CPU, for the tests of a class. */
record CpuTorch(PtNDManager manager, TorchThreads threads, TorchProgram program)
    implements AutoCloseable {

  /** Loads it for one thread. */
  static CpuTorch load() {
    PtNDManager manager = TorchEngine.manager(Device.cpu());
    TorchThreads threads = new TorchThreads(1);
    threads.useAll();
    return new CpuTorch(manager, threads, new TorchProgram(manager));
  }

  @Override
  public void close() {
    program.close();
    manager.close();
  }
}
