package dev.warren.docker.internal.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.warren.spi.ExitStatus;
import dev.warren.spi.RuntimeEvent;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EventMappingTest {
  private final EventMapping mapping = new EventMapping();

  private Optional<RuntimeEvent> map(String action, String name) throws Exception {
    return mapping.map(
        new ObjectMapper()
            .readTree(
                "{\"Action\":\""
                    + action
                    + "\",\"Actor\":{\"ID\":\"e\",\"Attributes\":{\"name\":\""
                    + name
                    + "\",\"exitCode\":\"137\"}}}"));
  }

  @Test
  void map_wholeLife_isTranslated() throws Exception {
    assertThat(map("create", "a")).isEmpty();
    assertThat(map("start", "a")).contains(new RuntimeEvent.Started("a"));
    assertThat(map("die", "a")).contains(new RuntimeEvent.Exited("a", new ExitStatus(137, false)));
    assertThat(map("destroy", "a")).contains(new RuntimeEvent.Deleted("a"));
  }

  @Test
  void map_outOfMemory_belongsToTheExitOfThatRunOnly() throws Exception {
    assertThat(map("oom", "a")).contains(new RuntimeEvent.OutOfMemory("a"));
    assertThat(map("die", "a")).contains(new RuntimeEvent.Exited("a", new ExitStatus(137, true)));
    map("start", "a");
    assertThat(map("die", "a")).contains(new RuntimeEvent.Exited("a", new ExitStatus(137, false)));
  }

  @Test
  void map_unfinishedContainer_isNobodysBusiness() throws Exception {
    assertThat(map("destroy", "a..new")).isEmpty();
  }
}
