/** Commands and kept processes of a sandbox, through its bridge. */
@NullMarked
package dev.warren.internal.exec;

import org.jspecify.annotations.NullMarked;
