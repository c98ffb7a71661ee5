package io.millrace.standalone.models;

import io.millrace.cli.ServedModel;
import io.millrace.cli.StartFailure;
import io.millrace.models.hub.ModelCache;
import io.millrace.models.hub.ModelNotFound;
import io.millrace.models.hub.ModelResolver;
import io.millrace.models.hub.Progress;
import java.nio.file.Path;
import java.util.Map;

/**
 * The environment that says where the caches are.
 *
 * @param home the user's home folder
 */
record CacheEnvironment(Map<String, String> variables, Path home) {

  /** That of this process. */
  static CacheEnvironment own() {
    return new CacheEnvironment(System.getenv(), Path.of(System.getProperty("user.home")));
  }

  /**
   * The caches.
   *
   * @throws StartFailure if one of the variables has no usable value
   */
  ModelCache cache() {
    try {
      return ModelCache.of(variables, home, ServedModel.DEFAULT_MODEL);
    } catch (ModelNotFound e) {
      throw new StartFailure(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * What finds a model as {@code --model} does.
   *
   * @throws StartFailure if one of the variables has no usable value
   */
  ModelResolver resolver(Progress progress) {
    try {
      return ModelResolver.of(variables, home, ServedModel.DEFAULT_MODEL, progress);
    } catch (ModelNotFound e) {
      throw new StartFailure(String.valueOf(e.getMessage()), e);
    }
  }
}
