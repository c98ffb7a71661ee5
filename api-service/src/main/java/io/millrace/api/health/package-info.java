/** How the service is: probes for an orchestrator, and the engine's state for people. */
@NullMarked
package io.millrace.api.health;

import org.jspecify.annotations.NullMarked;
