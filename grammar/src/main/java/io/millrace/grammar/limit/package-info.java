/** How large a grammar may be: who asks may be hostile. */
@NullMarked
package io.millrace.grammar.limit;

import org.jspecify.annotations.NullMarked;
