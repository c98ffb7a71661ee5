/**
 * Regular languages over bytes, with intersection and complement, as derivatives that are taken
 * when they are needed (Brzozowski 1964; Owens, Reppy and Turon 2009).
 */
@NullMarked
package io.millrace.grammar.regex;

import org.jspecify.annotations.NullMarked;
