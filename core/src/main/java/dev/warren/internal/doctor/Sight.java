package dev.warren.internal.doctor;

/**
 * What is to be seen of a file.
 *
 * @param text empty unless {@link State#SEEN}
 */
record Sight(State state, String text) {
  static final Sight ABSENT = new Sight(State.ABSENT, "");
  static final Sight HIDDEN = new Sight(State.HIDDEN, "");

  enum State {
    SEEN,
    ABSENT,
    /** It is there, but this process cannot read it. */
    HIDDEN
  }

  static Sight of(String text) {
    return new Sight(State.SEEN, text);
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
