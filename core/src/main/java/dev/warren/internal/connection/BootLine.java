package dev.warren.internal.connection;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a bridge announces on the standard output of PID 1. Nothing else in the sandbox can write
 * there, so whoever proves to have the key is that bridge.
 *
 * @param instance drawn at this boot
 * @param fingerprint {@code sha256:} and the digest of the public key
 */
public record BootLine(String instance, String fingerprint) {
  private static final Pattern LINE =
      Pattern.compile(
          "\\{\"warren\":\"boot\",\"protocol\":\\d+,\"sandbox\":\"(?<sandbox>[^\"]*)\","
              + "\"instance\":\"(?<instance>[0-9a-f]+)\",\"key\":\"(?<key>sha256:[0-9a-f]{64})\""
              + ".*");

  /** The first one of this sandbox; the log begins anew with each boot. */
  static Optional<BootLine> find(InputStream log, String sandbox) throws IOException {
    BufferedReader lines = new BufferedReader(new InputStreamReader(log, StandardCharsets.UTF_8));
    for (String line; (line = lines.readLine()) != null; ) {
      Matcher match = LINE.matcher(line);
      if (match.matches() && match.group("sandbox").equals(sandbox)) {
        return Optional.of(new BootLine(match.group("instance"), match.group("key")));
      }
    }
    return Optional.empty();
  }
}
