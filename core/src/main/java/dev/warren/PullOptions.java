package dev.warren;

import java.util.Optional;
import java.util.function.Consumer;

/**
 * How to reach a registry.
 *
 * @param credentials empty: those the engine or its user's configuration has, else none
 * @param progress told about the pull on an unspecified thread; must not block
 */
public record PullOptions(Optional<Credentials> credentials, Consumer<PullProgress> progress) {

  /** Anonymous, without progress. */
  public static PullOptions none() {
    return new PullOptions(Optional.empty(), progress -> {});
  }

  public PullOptions withCredentials(String user, String secret) {
    return new PullOptions(Optional.of(new Credentials(user, secret)), progress);
  }

  public PullOptions withProgress(Consumer<PullProgress> listener) {
    return new PullOptions(credentials, listener);
  }

  /** A user and a password or token. */
  public record Credentials(String user, String secret) {
    /** Leaves the secret out. */
    @Override
    public String toString() {
      return "Credentials[user=" + user + "]";
    }
  }
}
