package io.millrace.engine.model;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.util.Utils;
import java.nio.file.Files;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** DJL's PyTorch engine with its habits turned off. */
final class Torch {
  private static final Logger log = LoggerFactory.getLogger(Torch.class);

  private Torch() {}

  /** A manager of tensors on a device. */
  static PtNDManager manager(Device device) {
    // Read once, when the engine starts: no downloads, no reports of use over the network.
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    if (!Files.isDirectory(Utils.getEngineCacheDir("pytorch"))) {
      log.info("unpacking libtorch, some 450 MB, the first time on this machine");
    }
    return (PtNDManager) Engine.getEngine("PyTorch").newBaseManager(device);
  }

  /** Lets a value live as long as a manager, which by itself keeps tensors only. */
  static IValue keep(PtNDManager manager, IValue value) {
    manager.attachInternal(value.getUid(), value);
    return value;
  }

  /**
   * Makes the calling thread fit for running programs; libtorch keeps these settings by thread.
   *
   * @param threads that share the work of one operator
   */
  static void prepareThread(int threads) {
    JniUtils.setNumThreads(threads);
    // The profiling executor would compile again for every new combination of shapes.
    JniUtils.setGraphExecutorOptimize(false);
    JniUtils.setGradMode(false);
  }

  /**
   * The device of a setting.
   *
   * @throws IllegalArgumentException if it is not there
   */
  static Device device(String name) {
    int gpus = Engine.getEngine("PyTorch").getGpuCount();
    if (name.equals("auto")) {
      return gpus > 0 ? Device.gpu(0) : Device.cpu();
    }
    if (name.equals("cpu")) {
      return Device.cpu();
    }
    int index = name.contains(":") ? Integer.parseInt(name.substring(name.indexOf(':') + 1)) : 0;
    if (index >= gpus) {
      throw new IllegalArgumentException(
          "--device %s: there are %d GPUs that this build of PyTorch can use"
              .formatted(name, gpus));
    }
    return Device.gpu(index);
  }
}
