/** Tests of the command. */
@NullMarked
package io.millrace.template.cli;

import org.jspecify.annotations.NullMarked;
