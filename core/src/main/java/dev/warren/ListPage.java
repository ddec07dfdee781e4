package dev.warren;

import java.util.List;

/**
 * A page of a listing.
 *
 * @param entries sorted by path, bytewise per component
 * @param nextCursor empty on the last page
 * @param unreadable directories that could not be opened
 */
public record ListPage(List<FileInfo> entries, String nextCursor, List<String> unreadable) {

  public ListPage {
    entries = List.copyOf(entries);
    unreadable = List.copyOf(unreadable);
  }

  public boolean last() {
    return nextCursor.isEmpty();
  }
}
