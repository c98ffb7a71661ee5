/** Command line flags that are environment variables and properties as well. */
@NullMarked
package io.millrace.cli;

import org.jspecify.annotations.NullMarked;
