package dev.warren.internal.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.warren.Backup;
import dev.warren.BotId;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.SandboxFiles;
import dev.warren.StateDirectory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupsTest {
  private static final BotId BOT = BotId.of("bot-1");

  @TempDir Path temp;
  private Backups backups;
  private final SandboxFiles files = mock(SandboxFiles.class);

  @BeforeEach
  void open() {
    backups = new Backups(StateDirectory.at(temp.resolve("state")));
    when(files.exportTar(any(), any()))
        .thenAnswer(call -> new ByteArrayInputStream(new byte[] {1, 2, 3}));
  }

  @Test
  void preserve_isListed_untilItIsDeleted_andThenNothingIsLeft() throws Exception {
    Backup first = backups.preserve(BOT, files);
    Backup second = backups.preserve(BOT, files);
    assertThat(backups.list(BOT)).containsExactlyInAnyOrder(first, second);

    backups.delete(first);
    assertThat(backups.list(BOT)).containsExactly(second);
    backups.delete(second);

    assertThat(backups.list(BOT)).isEmpty();
    assertThat(directory()).doesNotExist();
  }

  @Test
  void list_ofBotWithoutBackups_isEmpty_andMakesNothing() throws Exception {
    assertThat(backups.list(BOT)).isEmpty();
    assertThat(temp.resolve("state")).doesNotExist();
  }

  @Test
  void preserve_thatFails_leavesNothingOfIt() throws Exception {
    when(files.exportTar(any(), any()))
        .thenReturn(
            new SequenceInputStream(new ByteArrayInputStream(new byte[10]), closedStream()));

    assertThatThrownBy(() -> backups.preserve(BOT, files))
        .isInstanceOfSatisfying(
            SandboxException.class, e -> assertThat(e.code()).isEqualTo(Code.INTERNAL));

    assertThat(directory()).isEmptyDirectory();
  }

  @Test
  void preserve_afterAHostThatDiedInTheMiddle_removesWhatThatHadWritten() throws Exception {
    Backup kept = backups.preserve(BOT, files);
    Path unfinished = directory().resolve("1-of-another.tar.zst.part");
    Files.write(unfinished, new byte[10]);

    Backup fresh = backups.preserve(BOT, files);

    assertThat(unfinished).doesNotExist();
    assertThat(backups.list(BOT)).containsExactlyInAnyOrder(kept, fresh);
  }

  private static InputStream closedStream() throws IOException {
    InputStream stream = InputStream.nullInputStream();
    stream.close();
    return stream;
  }

  private Path directory() {
    return temp.resolve("state/backups/bot-1");
  }
}
