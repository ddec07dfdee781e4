package dev.warren.testkit;

import dev.warren.ImageRef;
import dev.warren.spi.SandboxRuntime;
import dev.warren.testkit.internal.contract.CloseCases;
import dev.warren.testkit.internal.contract.ConcurrencyCases;
import dev.warren.testkit.internal.contract.ContractBench;
import dev.warren.testkit.internal.contract.ContractSettings;
import dev.warren.testkit.internal.contract.CreateCases;
import dev.warren.testkit.internal.contract.DeleteCases;
import dev.warren.testkit.internal.contract.ErrorCases;
import dev.warren.testkit.internal.contract.EventCases;
import dev.warren.testkit.internal.contract.ExitCases;
import dev.warren.testkit.internal.contract.ImageCases;
import dev.warren.testkit.internal.contract.InterruptCases;
import dev.warren.testkit.internal.contract.LabelCases;
import dev.warren.testkit.internal.contract.LogCases;
import dev.warren.testkit.internal.contract.NetworkCases;
import dev.warren.testkit.internal.contract.PauseCases;
import dev.warren.testkit.internal.contract.SnapshotCases;
import dev.warren.testkit.internal.contract.StartCases;
import dev.warren.testkit.internal.contract.StatsCases;
import dev.warren.testkit.internal.contract.StopCases;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Timeout;

/**
 * What every {@link SandboxRuntime} does: the specification in its Javadoc, as tests. A runtime's
 * own test extends this class and supplies {@link #open}.
 *
 * <p>Cases that need an ability are skipped where the runtime does not declare it in {@link
 * dev.warren.spi.RuntimeInfo#capabilities} or does not offer the optional type; there is no other
 * difference between runtimes. Each case removes what it made, and fails when something stays.
 *
 * <p>The default commands need {@code sh}, {@code sleep}, {@code printf}, {@code cat}, as BusyBox
 * and every Unix have them.
 */
@Timeout(120)
public abstract class SandboxRuntimeContract {
  private final ContractBench bench = new ContractBench();

  /**
   * Opens a runtime. Called several times in a case: all of them drive the same engine, and find
   * the containers of the others. The contract closes them.
   */
  protected abstract SandboxRuntime open() throws Exception;

  /** The image to use; present or to be pulled. Means nothing without the capability IMAGES. */
  protected ImageRef image() {
    return ImageRef.parse("localhost/none:none");
  }

  /** Whether {@link #image} can be pulled here and now. */
  protected boolean registryAnswers() {
    return false;
  }

  /** Begins all ids: ASCII letters and digits, at most 30. */
  protected String idPrefix() {
    return "contract";
  }

  /** Prints {@code ready}, then runs until it gets SIGTERM, and then exits with 143. */
  protected List<String> sleepForever() {
    return List.of("sh", "-c", "trap 'kill $!; exit 143' TERM; sleep 2147483 & echo ready; wait");
  }

  /** Prints {@code ready}, then runs until it gets SIGKILL. */
  protected List<String> ignoreTerm() {
    return List.of("sh", "-c", "trap '' TERM; echo ready; while :; do sleep 1; done");
  }

  /** Exits with a code. */
  protected List<String> exitWith(int code) {
    return List.of("sh", "-c", "exit " + code);
  }

  /** Prints a text and a line feed. */
  protected List<String> print(String text) {
    return List.of("printf", "%s\\n", text);
  }

  /** Appends {@code line} and a line feed to a file in the writable layer, and prints the file. */
  protected List<String> appendAndShow(String path) {
    return List.of("sh", "-c", "echo line >> " + path + "; cat " + path);
  }

  /**
   * Makes the engine lose the record of a container, but not its writable layer, as a crash or a
   * person can.
   *
   * @return whether that is possible here; if not, the cases that need it are skipped
   */
  protected boolean loseContainer(SandboxRuntime runtime, String id) {
    return false;
  }

  /** Called after each case, when its runtimes are closed. */
  protected void dispose() throws Exception {}

  @BeforeEach
  final void beginCase() throws Exception {
    bench.begin(
        new ContractSettings(
            this::open,
            image(),
            registryAnswers(),
            idPrefix(),
            sleepForever(),
            ignoreTerm(),
            this::exitWith,
            this::print,
            this::appendAndShow,
            this::loseContainer));
  }

  @AfterEach
  final void endCase() throws Exception {
    try {
      bench.end();
    } finally {
      dispose();
    }
  }

  @Nested
  final class Images extends ImageCases {
    Images() {
      super(bench);
    }
  }

  @Nested
  final class Create extends CreateCases {
    Create() {
      super(bench);
    }
  }

  @Nested
  final class Start extends StartCases {
    Start() {
      super(bench);
    }
  }

  @Nested
  final class Stop extends StopCases {
    Stop() {
      super(bench);
    }
  }

  @Nested
  final class Exit extends ExitCases {
    Exit() {
      super(bench);
    }
  }

  @Nested
  final class Logs extends LogCases {
    Logs() {
      super(bench);
    }
  }

  @Nested
  final class Labels extends LabelCases {
    Labels() {
      super(bench);
    }
  }

  @Nested
  final class Delete extends DeleteCases {
    Delete() {
      super(bench);
    }
  }

  @Nested
  final class Network extends NetworkCases {
    Network() {
      super(bench);
    }
  }

  @Nested
  final class Snapshots extends SnapshotCases {
    Snapshots() {
      super(bench);
    }
  }

  @Nested
  final class Metrics extends StatsCases {
    Metrics() {
      super(bench);
    }
  }

  @Nested
  final class Pause extends PauseCases {
    Pause() {
      super(bench);
    }
  }

  @Nested
  final class Events extends EventCases {
    Events() {
      super(bench);
    }
  }

  @Nested
  final class Close extends CloseCases {
    Close() {
      super(bench);
    }
  }

  @Nested
  final class Interrupts extends InterruptCases {
    Interrupts() {
      super(bench);
    }
  }

  @Nested
  final class Concurrency extends ConcurrencyCases {
    Concurrency() {
      super(bench);
    }
  }

  @Nested
  final class Errors extends ErrorCases {
    Errors() {
      super(bench);
    }
  }
}
