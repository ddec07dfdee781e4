/** What runs in containers. */
@NullMarked
package dev.warren.docker.internal.task;

import org.jspecify.annotations.NullMarked;
