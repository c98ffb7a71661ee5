/** What every service does alike, whatever it serves: its settings by Spring. */
@NullMarked
package io.millrace.service;

import org.jspecify.annotations.NullMarked;
