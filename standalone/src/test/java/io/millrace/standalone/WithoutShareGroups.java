package io.millrace.standalone;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;

/** A test class whose broker knows no share groups, as those before Kafka 4.2 do not. */
@Retention(RetentionPolicy.RUNTIME)
@interface WithoutShareGroups {}
