/** The files of a sandbox, through its bridge. */
@NullMarked
package dev.warren.internal.files;

import org.jspecify.annotations.NullMarked;
