/** The commands for the models on this machine: what the caches hold, and what is fetched. */
@NullMarked
package io.millrace.standalone.models;

import org.jspecify.annotations.NullMarked;
