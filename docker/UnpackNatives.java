import ai.djl.engine.Engine;
import ai.djl.huggingface.tokenizers.jni.LibUtils;

/** Loads DJL's native libraries once, which unpacks them into {@code ENGINE_CACHE_DIR}. */
final class UnpackNatives {
  public static void main(String[] args) {
    System.out.println(Engine.getEngine("PyTorch"));
    LibUtils.checkStatus();
  }
}
