/** Clients that people use, asked against a running Millrace. */
@NullMarked
package io.millrace.clients;

import org.jspecify.annotations.NullMarked;
