package dev.warren;

/**
 * What an archive held.
 *
 * @param contentBytes of its files, unpacked
 * @param archiveBytes as transferred
 * @param sha256 of the transferred bytes, in hex
 */
public record ArchiveSummary(long entries, long contentBytes, long archiveBytes, String sha256) {}
