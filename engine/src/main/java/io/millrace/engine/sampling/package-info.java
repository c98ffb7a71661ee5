/**
 * Sampling, the choice of each sequence's next token. Pure Java: it resolves a request's
 * parameters, keeps the counts that penalties need, and lays a step's rows out for the program that
 * computes them.
 */
@NullMarked
package io.millrace.engine.sampling;

import org.jspecify.annotations.NullMarked;
