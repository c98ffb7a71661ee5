@NullMarked
package io.millrace.toolparser;

import org.jspecify.annotations.NullMarked;
