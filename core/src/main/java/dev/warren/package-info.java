/**
 * What an application uses: {@link dev.warren.BotContainerManager} and {@link dev.warren.Sandbox}.
 *
 * <p>Nothing in here takes or returns {@code null} unless it says so.
 */
@NullMarked
package dev.warren;

import org.jspecify.annotations.NullMarked;
