package io.millrace.api.answer;

import java.util.List;

/** A surface of the api whose questions can be asked as jobs, too. */
@FunctionalInterface
public interface Surface {
  /** The endpoints whose bodies a job may have. */
  List<SurfaceEndpoint> endpoints();
}
