/** What every service does alike, whatever it serves: settings, start, web server, and end. */
@NullMarked
package io.millrace.service;

import org.jspecify.annotations.NullMarked;
