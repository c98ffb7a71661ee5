/** The commands for jobs: a client of an api's HTTP. */
@NullMarked
package io.millrace.standalone.jobs;

import org.jspecify.annotations.NullMarked;
