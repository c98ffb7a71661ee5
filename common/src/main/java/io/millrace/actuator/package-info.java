/** Health, metrics and build of a process over HTTP, as Spring Boot's actuator tells them. */
@NullMarked
package io.millrace.actuator;

import org.jspecify.annotations.NullMarked;
