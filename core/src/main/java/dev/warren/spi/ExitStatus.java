package dev.warren.spi;

/**
 * How a task ended.
 *
 * @param code 0 to 255; 128 + n after signal n
 * @param outOfMemory the kernel killed a process of it for its memory limit, as far as the engine
 *     tells
 */
public record ExitStatus(int code, boolean outOfMemory) {}
