/**
 * The API explained: an OpenAPI document for HTTP, an AsyncAPI document for Kafka, and pages that
 * show them. Nothing is fetched from elsewhere.
 */
@NullMarked
package io.millrace.api.docs;

import org.jspecify.annotations.NullMarked;
