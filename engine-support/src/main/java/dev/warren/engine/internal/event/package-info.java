/** Delivery of an engine's events to listeners. */
@NullMarked
package dev.warren.engine.internal.event;

import org.jspecify.annotations.NullMarked;
