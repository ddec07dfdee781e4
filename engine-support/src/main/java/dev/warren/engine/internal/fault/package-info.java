/** Why a socket or a command failed, and the words that engines have for it. */
@NullMarked
package dev.warren.engine.internal.fault;

import org.jspecify.annotations.NullMarked;
