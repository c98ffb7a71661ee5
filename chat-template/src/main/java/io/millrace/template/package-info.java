/** Chat templates, rendered exactly as transformers renders them, safely. */
@NullMarked
package io.millrace.template;

import org.jspecify.annotations.NullMarked;
