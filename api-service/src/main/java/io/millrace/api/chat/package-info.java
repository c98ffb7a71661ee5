/**
 * The chat page for browsers: files that ask the API as any other client does. Nothing is fetched
 * from elsewhere, and no script but its own runs.
 */
@NullMarked
package io.millrace.api.chat;

import org.jspecify.annotations.NullMarked;
