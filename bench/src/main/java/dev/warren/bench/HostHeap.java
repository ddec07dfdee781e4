package dev.warren.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.function.Function;

/** The heap of this JVM, in bytes. */
final class HostHeap {
  private static final int COLLECTIONS = 4;

  private HostHeap() {}

  /** What is in use when the garbage is gone. */
  static long used() throws InterruptedException {
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
      Thread.sleep(100); // reference queues and cleaners have work to do
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** What netty and others keep beside the heap. */
  static long direct() {
    return ManagementFactory.getPlatformMXBeans(java.lang.management.BufferPoolMXBean.class)
        .stream()
        .mapToLong(java.lang.management.BufferPoolMXBean::getMemoryUsed)
        .sum();
  }

  static void resetPeak() {
    ManagementFactory.getMemoryPoolMXBeans().forEach(MemoryPoolMXBean::resetPeakUsage);
  }

  /** The most that was in use, garbage included; pools have their peaks at different times. */
  static long peak() {
    return sum(MemoryPoolMXBean::getPeakUsage);
  }

  private static long sum(Function<MemoryPoolMXBean, MemoryUsage> usage) {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .map(usage)
        .mapToLong(MemoryUsage::getUsed)
        .sum();
  }
}
