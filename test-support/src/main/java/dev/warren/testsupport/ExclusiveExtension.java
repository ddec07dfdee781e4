package dev.warren.testsupport;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/** Holds a lock from before a class's first test until after its last, nested classes and all. */
final class ExclusiveExtension implements BeforeAllCallback {
  private static final Namespace LOCKS = Namespace.create(ExclusiveExtension.class);

  @Override
  public void beforeAll(ExtensionContext context) {
    Class<?> test = context.getRequiredTestClass();
    Exclusive exclusive = test.getAnnotation(Exclusive.class);
    if (exclusive != null) {
      // A nested class finds what its outer one holds.
      context.getStore(LOCKS).getOrComputeIfAbsent(exclusive.value(), Lock::take, Lock.class);
    }
  }

  private record Lock(FileChannel channel, FileLock lock) implements AutoCloseable {
    static Lock take(String resource) {
      try {
        Path directory = Files.createDirectories(Path.of("target", "exclusive"));
        FileChannel channel =
            FileChannel.open(
                directory.resolve(resource), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        return new Lock(channel, channel.lock());
      } catch (IOException e) {
        throw new IllegalStateException("cannot lock " + resource, e);
      }
    }

    @Override
    public void close() throws IOException {
      lock.release();
      channel.close();
    }
  }
}
