package dev.warren.testsupport;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test class that must not run at the same time as others of its module with the same resource.
 * Test classes run in several JVMs, so JUnit's own locks do not reach far enough.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@ExtendWith(ExclusiveExtension.class)
public @interface Exclusive {
  /** The name of what is used, such as an engine. */
  String value();
}
