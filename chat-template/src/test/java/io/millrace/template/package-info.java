/** Tests against our own cases, and against the corpus where it is present. */
@NullMarked
package io.millrace.template;

import org.jspecify.annotations.NullMarked;
