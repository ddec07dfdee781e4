package dev.warren;

/** When an image is fetched. */
public enum PullPolicy {
  /** Every time; a registry that is down is an error. */
  ALWAYS,
  /** When the registry has another digest; a registry that is down means the local image. */
  IF_NEWER,
  /** When there is no local image. The default. */
  IF_ABSENT,
  /** Never: the local image has to be there. */
  NEVER
}
