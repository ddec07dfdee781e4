package dev.warren.spi;

/** Disk space and files. */
public record Usage(long bytes, long inodes) {}
