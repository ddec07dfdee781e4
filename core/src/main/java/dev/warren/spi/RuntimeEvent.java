package dev.warren.spi;

/** What {@link SandboxRuntime#watch} delivers. */
public sealed interface RuntimeEvent {

  /** The container's command runs. */
  record Started(String id) implements RuntimeEvent {}

  /** The task has ended. */
  record Exited(String id, ExitStatus status) implements RuntimeEvent {}

  /** The kernel killed a process of the task for its memory limit. */
  record OutOfMemory(String id) implements RuntimeEvent {}

  /** The container is gone. */
  record Deleted(String id) implements RuntimeEvent {}

  /** Events may have been lost before this one. */
  record Gap() implements RuntimeEvent {}
}
