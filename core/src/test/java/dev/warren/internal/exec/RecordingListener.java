package dev.warren.internal.exec;

import dev.warren.ProcessExit;
import dev.warren.ProcessListener;
import dev.warren.SandboxException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Keeps what a listener is told, and that calls neither overlap nor follow the last. */
class RecordingListener implements ProcessListener {
  final CompletableFuture<ProcessExit> end = new CompletableFuture<>();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final List<String> notes = new ArrayList<>();
  private final List<byte[]> pieces = new ArrayList<>();
  private boolean busy;

  private synchronized void enter() {
    if (busy || end.isDone()) {
      notes.add("VIOLATION");
    }
    busy = true;
  }

  private synchronized void leave() {
    busy = false;
  }

  @Override
  public void stdout(byte[] data) {
    enter();
    synchronized (this) {
      out.writeBytes(data);
      pieces.add(data);
    }
    leave();
  }

  @Override
  public void stderr(byte[] data) {
    enter();
    synchronized (this) {
      err.writeBytes(data);
    }
    leave();
  }

  @Override
  public void gap(boolean stderr, long bytes) {
    enter();
    note("gap " + (stderr ? "stderr " : "stdout ") + bytes);
    leave();
  }

  @Override
  public void longLine(long length, byte[] head, byte[] tail) {
    enter();
    note("long " + length + " " + head.length + " " + tail.length);
    leave();
  }

  @Override
  public void exited(ProcessExit exit) {
    enter();
    leave();
    end.complete(exit);
  }

  @Override
  public void failed(SandboxException failure) {
    enter();
    leave();
    end.completeExceptionally(failure);
  }

  private synchronized void note(String text) {
    notes.add(text);
  }

  synchronized byte[] out() {
    return out.toByteArray();
  }

  synchronized String text() {
    return out.toString(StandardCharsets.UTF_8);
  }

  synchronized String errorText() {
    return err.toString(StandardCharsets.UTF_8);
  }

  synchronized List<String> notes() {
    return List.copyOf(notes);
  }

  synchronized List<byte[]> pieces() {
    return List.copyOf(pieces);
  }
}
