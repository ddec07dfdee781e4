package dev.warren.doctor.internal;

/**
 * What is to be seen of a file.
 *
 * @param text empty unless {@link State#SEEN}
 */
record FileView(State state, String text) {
  static final FileView ABSENT = new FileView(State.ABSENT, "");
  static final FileView HIDDEN = new FileView(State.HIDDEN, "");

  enum State {
    SEEN,
    ABSENT,
    /** It is there, but this process cannot read it. */
    HIDDEN
  }

  static FileView of(String text) {
    return new FileView(State.SEEN, text);
  }

  boolean seen() {
    return state == State.SEEN;
  }

  boolean hidden() {
    return state == State.HIDDEN;
  }

  String line() {
    return text.lines().findFirst().orElse("").strip();
  }
}
