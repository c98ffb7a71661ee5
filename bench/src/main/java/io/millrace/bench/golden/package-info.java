/**
 * Proof that a model computes what its reference computes: a checkpoint's {@code golden.json} is
 * run through scheduler and model and compared.
 */
@NullMarked
package io.millrace.bench.golden;

import org.jspecify.annotations.NullMarked;
