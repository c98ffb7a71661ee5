/** What is measured, and how: JMH benchmarks, each with the command that runs it. */
@NullMarked
package io.millrace.benchmarks;

import org.jspecify.annotations.NullMarked;
