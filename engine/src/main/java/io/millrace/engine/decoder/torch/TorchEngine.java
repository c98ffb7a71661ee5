package io.millrace.engine.decoder.torch;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.pytorch.jni.LibUtils;
import ai.djl.util.Utils;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** DJL's PyTorch engine, without downloads and without reports of its use. */
public final class TorchEngine {
  private static final Logger log = LoggerFactory.getLogger(TorchEngine.class);

  /**
   * A property of Java that has a CPU compute by the kernels and branches of the program that are
   * for CUDA, so that they can be tried without a GPU.
   */
  private static final String LIKE_CUDA = "millrace.like-cuda";

  private TorchEngine() {}

  /** A manager of tensors on a device. */
  public static PtNDManager manager(Device device) {
    return (PtNDManager) engine().newBaseManager(device);
  }

  /**
   * The engine, which loads libtorch the first time.
   *
   * @throws IllegalArgumentException if the environment names a libtorch that does not fit
   */
  private static Engine engine() {
    // Read once, when the engine starts: no downloads, no reports of use over the network.
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    Optional<LibtorchFolder> named = LibtorchFolder.named(System::getenv);
    named.ifPresent(
        libtorch -> {
          libtorch.requireDriver(NvidiaDriver.find().isPresent());
          // DJL would ask for the glue of an older C++ library, which this version does not have.
          System.setProperty(LibtorchFolder.FLAVOR, libtorch.flavor());
          log.debug("libtorch {} of {}", libtorch.version(), libtorch.folder());
        });
    if (named.isEmpty() && !Files.isDirectory(Utils.getEngineCacheDir("pytorch"))) {
      log.info("unpacking libtorch, some 450 MB, the first time on this machine");
    }
    return Engine.getEngine("PyTorch");
  }

  /** A device's name as settings have it, such as {@code cuda:0}. */
  public static String name(Device device) {
    return device.isGpu() ? "cuda:" + device.getDeviceId() : "cpu";
  }

  /** Lists of tensors by name, a {@code Dict[str, List[Tensor]]}. */
  static IValue listsByName(Map<String, PtNDArray[]> lists) {
    Map<String, IValue> named = new LinkedHashMap<>();
    lists.forEach((name, tensors) -> named.put(name, IValue.listFrom(tensors)));
    IValue all = IValue.stringIValueMapFrom(named);
    named.values().forEach(IValue::close);
    return all;
  }

  /** Lets a value live as long as a manager, which by itself keeps tensors only. */
  static IValue keep(PtNDManager manager, IValue value) {
    manager.attachInternal(value.getUid(), value);
    return value;
  }

  /**
   * The device of a setting.
   *
   * @throws IllegalArgumentException if it is not there, with what is missing
   */
  public static Device device(String name) {
    if (name.equals("cpu")) {
      return Device.cpu();
    }
    Gpus gpus = gpus();
    if (name.equals("auto")) {
      gpus.unused().ifPresent(log::warn);
      return gpus.count() > 0 ? Device.gpu(0) : Device.cpu();
    }
    int index = name.contains(":") ? Integer.parseInt(name.substring(name.indexOf(':') + 1)) : 0;
    gpus.obstacle(index)
        .ifPresent(
            why -> {
              throw new IllegalArgumentException("--device %s: %s".formatted(name, why));
            });
    return Device.gpu(index);
  }

  /** A device, its driver and libtorch in one line. */
  public static String describe(Device device) {
    Gpus gpus = gpus();
    return device.isGpu()
        ? gpus.describe(device.getDeviceId())
        : "cpu, libtorch %s".formatted(gpus.libtorch());
  }

  /** Gives memory of a GPU back that libtorch keeps for tensors to come. */
  public static void freeUnused(Device device) {
    if (device.isGpu()) {
      JniUtils.emptyCudaCache();
    }
  }

  /** Whether a device is computed on as on a GPU: it is one, or {@link #LIKE_CUDA} is set. */
  public static boolean isLikeCuda(Device device) {
    return device.isGpu() || Boolean.getBoolean(LIKE_CUDA);
  }

  private static Gpus gpus() {
    Engine engine = engine();
    return new Gpus(
        LibtorchFolder.named(System::getenv)
            .map(LibtorchFolder::version)
            .orElseGet(engine::getVersion),
        LibtorchFolder.isForCuda(Path.of(LibUtils.getLibtorchPath())),
        JniUtils.getFeatures().contains("CUDA"),
        NvidiaDriver.find());
  }
}
