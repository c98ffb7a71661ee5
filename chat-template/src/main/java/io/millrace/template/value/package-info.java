/**
 * Python's values and operations as a template sees them, over {@link
 * io.millrace.template.value.None}, {@link io.millrace.template.value.Undefined}, {@code Boolean},
 * {@code Long}, {@code BigInteger}, {@code Double}, {@code String}, {@code java.util.List} (a
 * list), {@link io.millrace.template.value.Tuple}, {@link io.millrace.template.value.Dict} and the
 * {@link io.millrace.template.value.PyObject}s. All but the last are immutable, as in Jinja2's
 * immutable sandbox, and nothing here reflects on a Java class: there is no way from a template
 * into the virtual machine.
 */
@NullMarked
package io.millrace.template.value;

import org.jspecify.annotations.NullMarked;
