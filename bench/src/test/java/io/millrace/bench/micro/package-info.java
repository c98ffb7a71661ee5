/** What is measured, and how: JMH benchmarks, each with the command that runs it. */
@NullMarked
package io.millrace.bench.micro;

import org.jspecify.annotations.NullMarked;
