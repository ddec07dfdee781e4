package dev.warren.containerd.internal.manifest;

import java.util.List;
import java.util.Locale;

/**
 * What an image runs on.
 *
 * @param os such as {@code linux}
 * @param architecture in the words of images: {@code amd64}, {@code arm64}
 * @param variant of the architecture, or empty
 */
public record Platform(String os, String architecture, String variant) {

  /** Linux on this host's processor. */
  public static Platform host() {
    return of(System.getProperty("os.arch"));
  }

  static Platform of(String jdkArchitecture) {
    String name = jdkArchitecture.toLowerCase(Locale.ROOT);
    String architecture =
        switch (name) {
          case "x86_64" -> "amd64";
          case "aarch64" -> "arm64";
          case "i386", "i686", "x86" -> "386";
          default -> name;
        };
    return new Platform("linux", architecture, "");
  }

  /**
   * How well something made for another platform runs on this one.
   *
   * @return 0 for best; negative where it does not run
   */
  int fit(Platform other) {
    if (!os.equals(other.os) || !architecture.equals(other.architecture)) {
      return -1;
    }
    // Higher levels of a processor than these may be missing on this host.
    List<String> runnable =
        switch (architecture) {
          case "arm64" -> List.of("v8", "");
          case "arm" -> List.of("v7", "v6", "v5", "");
          case "amd64" -> List.of("", "v1");
          default -> List.of("");
        };
    return runnable.indexOf(other.variant);
  }

  @Override
  public String toString() {
    return os + "/" + architecture + (variant.isEmpty() ? "" : "/" + variant);
  }
}
