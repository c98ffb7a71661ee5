/** Arithmetic on vectors of numbers in Java (JEP 338), and the threads that share it. */
@NullMarked
package io.millrace.engine.simd;

import org.jspecify.annotations.NullMarked;
