/**
 * The endpoints of Colossal-Inference's server: completion and chat with transformers' generation
 * fields, and its two questions of how it is. Its defects are left out.
 */
@NullMarked
package io.millrace.api.seed;

import org.jspecify.annotations.NullMarked;
