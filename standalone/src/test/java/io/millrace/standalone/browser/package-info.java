/** A browser that tests drive: Chromium without a window, by the DevTools protocol. */
@NullMarked
package io.millrace.standalone.browser;

import org.jspecify.annotations.NullMarked;
