package process

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/cgroup"
	"dev.warren/bridge/internal/initd"
)

func TestLiveProcessesAndTheirJournalsAreLimited(t *testing.T) {
	b := newBridge(t)
	first := b.start(sh("sleep 600"))
	b.manager.mu.Lock()
	b.manager.live += MaxLive - 1
	b.manager.mu.Unlock()
	c, err := b.tryStart(sh("true"))
	c.wantError(err, "ResourceExhausted", "LIMIT")
	b.manager.mu.Lock()
	b.manager.live -= MaxLive - 1
	b.manager.mu.Unlock()
	for range MaxJournals/maxJournalBytes - 1 {
		r := sh("sleep 600")
		r.JournalBytes = maxJournalBytes
		b.start(r)
	}
	r := sh("true")
	r.JournalBytes = maxJournalBytes
	c, err = b.tryStart(r)
	c.wantError(err, "ResourceExhausted", "LIMIT")
	first.cancel()
}

func TestNothingIsStartedWhileStopping(t *testing.T) {
	b := newBridge(t)
	b.manager.Stop(0, nil)
	c, err := b.tryStart(sh("true"))
	c.wantError(err, "Unavailable", "")
}

func TestAThousandProcessesLeaveNothingBehind(t *testing.T) {
	b := newBridge(t)
	run := func(n int) {
		for range n {
			c := b.start(sh("echo x"))
			c.wantExit(exited, 0)
			c.cancel()
		}
	}
	run(20)
	descriptors, goroutines := count(t), runtime.NumGoroutine()
	run(1000)
	eventually(t, "all descriptors and goroutines are gone", func() bool {
		return count(t) <= descriptors+2 && runtime.NumGoroutine() <= goroutines+4
	})
	b.manager.mu.Lock()
	defer b.manager.mu.Unlock()
	if b.manager.live != 0 || b.manager.journals != 0 || len(b.manager.byID) > maxEnded {
		t.Errorf("live %d, journals %d, known %d", b.manager.live, b.manager.journals, len(b.manager.byID))
	}
}

func count(t *testing.T) int {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

func TestChildrenStartClean(t *testing.T) {
	initd.KeepDescriptorsPrivate() // as the bridge does when it starts
	b := newBridge(t)
	c := b.start(&bridgepb.ProcessStart{Argv: []string{"sh", "-c",
		`ls /proc/self/fd | tr '\n' ' '; grep -E 'Sig(Blk|Ign)' /proc/self/status | tr -d '\n'`}})
	c.wantExit(exited, 0)
	want := "0 1 2 3 SigBlk:\t0000000000000000SigIgn:\t0000000000000000" // 3 is the listing itself
	if !strings.HasPrefix(c.stdout(), want) {
		t.Errorf("got %q", c.stdout())
	}
}

func TestOutOfMemoryIsTold(t *testing.T) {
	oom, counter := fakeOOM(t, "oom_kill 3\n")
	b := newBridge(t, func(c *Config) { c.OOM = oom })
	c := b.start(sh("echo ready; while [ ! -e go ]; do sleep 0.01; done; kill -9 $$"))
	c.untilStdout("ready")
	if err := os.WriteFile(counter, []byte("oom_kill 4\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	b.touch("go")
	c.wantExit(bridgepb.ExitCause_EXIT_CAUSE_OUT_OF_MEMORY, 137)
	b.start(sh("kill -9 $$")).wantExit(signalled, 137)
}

func fakeOOM(t *testing.T, content string) (oom *cgroup.OOM, counter string) {
	root := t.TempDir()
	for name, text := range map[string]string{
		"proc/self/cgroup":     "0::/box\n",
		"proc/self/mountinfo":  "30 20 0:26 / /cg rw - cgroup2 cgroup2 rw\n",
		"cg/box/memory.events": content,
	} {
		path := filepath.Join(root, name)
		_ = os.MkdirAll(filepath.Dir(path), 0o755)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return cgroup.OpenOOM(cgroup.Locator{Root: root}), filepath.Join(root, "cg/box/memory.events")
}
