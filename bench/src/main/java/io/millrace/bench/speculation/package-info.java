/** What speculation gains where answers copy, and loses where they do not. */
@NullMarked
package io.millrace.bench.speculation;

import org.jspecify.annotations.NullMarked;
