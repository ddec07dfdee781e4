/** The Docker backend: {@link dev.warren.docker.DockerRuntime}. */
@NullMarked
package dev.warren.docker;

import org.jspecify.annotations.NullMarked;
