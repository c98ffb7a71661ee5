/**
 * How the next token of each sequence is chosen. Pure Java: it resolves a request's wishes, keeps
 * what penalties need to know, and lays a step's rows out for the program that computes them.
 */
@NullMarked
package io.millrace.engine.sampling;

import org.jspecify.annotations.NullMarked;
