package dev.warren.engine.internal.login;

import dev.warren.PullOptions.Credentials;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * What proves who asks.
 *
 * @param user empty for an identity token
 * @param secret password or token
 * @param identityToken whether the secret is to be exchanged for access tokens
 */
public record Login(String user, String secret, boolean identityToken) {
  /** How credential helpers mark a secret as an identity token. */
  private static final String TOKEN_USER = "<token>";

  public static Login of(Credentials credentials) {
    return of(credentials.user(), credentials.secret());
  }

  static Login of(String user, String secret) {
    return user.equals(TOKEN_USER) ? new Login("", secret, true) : new Login(user, secret, false);
  }

  /** The value of an {@code Authorization} header. */
  public String basicHeader() {
    byte[] pair = (user + ":" + secret).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(pair);
  }

  /** Leaves the secret out. */
  @Override
  public String toString() {
    return "Login[user=" + user + "]";
  }
}
