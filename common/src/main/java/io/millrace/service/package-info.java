/** The parts that every service has, whatever it serves: settings, start, web server, and end. */
@NullMarked
package io.millrace.service;

import org.jspecify.annotations.NullMarked;
