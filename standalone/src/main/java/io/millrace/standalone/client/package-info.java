/** How commands ask a server that runs. */
@NullMarked
package io.millrace.standalone.client;

import org.jspecify.annotations.NullMarked;
