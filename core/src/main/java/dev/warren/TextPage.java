package dev.warren;

/**
 * Lines of a text file.
 *
 * @param content with the line ends of the file; invalid UTF-8 is replaced
 * @param firstLine number of the first line in it
 * @param lines in it
 * @param totalLines of the file
 * @param binary the file looks binary: nothing was read
 * @param more lines follow
 * @param cutLines lines in it that were longer than allowed
 */
public record TextPage(
    String content,
    long firstLine,
    long lines,
    long totalLines,
    boolean binary,
    boolean more,
    long cutLines,
    FileInfo file) {}
