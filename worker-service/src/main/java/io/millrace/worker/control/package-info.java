/** What a worker is told besides requests: cancels and drains, and who reads the answers. */
@NullMarked
package io.millrace.worker.control;

import org.jspecify.annotations.NullMarked;
