/** How the service is: probes for an orchestrator. */
@NullMarked
package io.millrace.api.health;

import org.jspecify.annotations.NullMarked;
