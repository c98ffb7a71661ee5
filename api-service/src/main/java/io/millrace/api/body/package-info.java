/**
 * Request bodies: their bytes, and the fields that every surface reads alike. What only one surface
 * knows is read there.
 */
@NullMarked
package io.millrace.api.body;

import org.jspecify.annotations.NullMarked;
