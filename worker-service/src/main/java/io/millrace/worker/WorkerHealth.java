package io.millrace.worker;

import java.util.Optional;

/**
 * The health of a worker, for probes.
 *
 * @param deadCause why the process should be replaced; empty while it lives
 * @param notReadyCause why no request can come in; empty while it is ready
 */
public record WorkerHealth(Optional<String> deadCause, Optional<String> notReadyCause) {}
