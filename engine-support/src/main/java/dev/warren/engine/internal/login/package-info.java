/** Logins of the Docker configuration. */
@NullMarked
package dev.warren.engine.internal.login;

import org.jspecify.annotations.NullMarked;
