/** Who answers: the workers that live, and the models they serve. Read from the workers topic. */
@NullMarked
package io.millrace.api.workers;

import org.jspecify.annotations.NullMarked;
