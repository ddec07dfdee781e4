/**
 * What the runtimes of all engines need alike: for images and their layers, for containers, events
 * and the words of errors. For backends only: it may change with any version.
 */
@NullMarked
package dev.warren.oci;

import org.jspecify.annotations.NullMarked;
