package dev.warren.containerd.internal.oci;

import java.util.List;

/**
 * What a container takes from its image. Labels of the image are left out on purpose: they are
 * input of whoever built it.
 *
 * @param chainId of its top layer: the name of the snapshot a writable layer is based on
 * @param env entries {@code NAME=value}
 * @param workingDirectory may be empty
 */
public record ImageConfig(String chainId, List<String> env, String workingDirectory) {
  public ImageConfig {
    env = List.copyOf(env);
  }
}
