/**
 * Scheduling: which sequence computes which tokens in the next step, and where their keys and
 * values lie. Pure Java, single-threaded, deterministic.
 */
@NullMarked
package io.millrace.engine.schedule;

import org.jspecify.annotations.NullMarked;
