/**
 * The API explained: an OpenAPI document, and a page that shows it. Nothing is fetched from
 * elsewhere.
 */
@NullMarked
package io.millrace.api.docs;

import org.jspecify.annotations.NullMarked;
