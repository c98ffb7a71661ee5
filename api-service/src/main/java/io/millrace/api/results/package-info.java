/**
 * The results topic as the api sees it: what is known of every job, kept in memory as an index and
 * read back by offset, and the replies to jobs.
 */
@NullMarked
package io.millrace.api.results;

import org.jspecify.annotations.NullMarked;
