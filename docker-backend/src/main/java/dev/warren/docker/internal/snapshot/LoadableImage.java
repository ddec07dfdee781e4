package dev.warren.docker.internal.snapshot;

import java.io.IOException;
import java.io.InputStream;

/** An image that was put together here, in a form that an engine loads. */
interface LoadableImage {
  /** What the engine will call it. */
  String id();

  /** The archive for the engine. */
  InputStream archive() throws IOException;
}
