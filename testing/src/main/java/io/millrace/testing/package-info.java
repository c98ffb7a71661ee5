/**
 * What tests of several packages and modules share: a small checkpoint made from a seed, and
 * writers of the formats that checkpoints come in.
 */
@NullMarked
package io.millrace.testing;

import org.jspecify.annotations.NullMarked;
