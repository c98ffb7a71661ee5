/**
 * How much one rendering may use. A template comes with a model, so it is a stranger's program: it
 * may loop, multiply and recurse, but not without end.
 */
@NullMarked
package io.millrace.template.limit;

import org.jspecify.annotations.NullMarked;
