/**
 * Chat templates: what transformers prints for a conversation, byte for byte, without Python.
 * {@link io.millrace.template.ChatTemplates} holds those of a model, and {@link
 * io.millrace.template.MessagePreparation} makes API messages into what they expect.
 */
@NullMarked
package io.millrace.template;

import org.jspecify.annotations.NullMarked;
