/**
 * Open questions and their answers: what was asked, what has come back, and who still waits. It
 * knows neither HTTP nor how records travel.
 */
@NullMarked
package io.millrace.api.exchange;

import org.jspecify.annotations.NullMarked;
