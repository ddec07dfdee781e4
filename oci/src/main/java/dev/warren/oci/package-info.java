/**
 * What the runtimes of all engines need alike for images and their layers. For backends only: it
 * may change with any version.
 */
@NullMarked
package dev.warren.oci;

import org.jspecify.annotations.NullMarked;
