package dev.warren.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Threads that share a number of jobs. */
final class Workers {
  private Workers() {}

  /** What one worker does for one job. */
  interface Work {
    void run(int worker, int job) throws Exception;
  }

  /** Runs all jobs and tells the seconds it took. */
  static double run(int workers, int jobs, Work work) throws InterruptedException {
    ExecutorService threads = Executors.newFixedThreadPool(workers);
    try {
      long start = System.nanoTime();
      List<Future<?>> ends = new ArrayList<>();
      for (int i = 0; i < workers; i++) {
        int worker = i;
        ends.add(
            threads.submit(
                () -> {
                  for (int job = worker; job < jobs; job += workers) {
                    work.run(worker, job);
                  }
                  return null;
                }));
      }
      for (Future<?> end : ends) {
        end.get();
      }
      return (System.nanoTime() - start) / 1e9;
    } catch (ExecutionException e) {
      throw new IllegalStateException("a worker failed", e.getCause());
    } finally {
      threads.shutdown();
    }
  }
}
