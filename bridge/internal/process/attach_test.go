package process

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dev.warren/bridge/internal/bridgepb"
)

func kept(id string, r *bridgepb.ProcessStart) *bridgepb.ProcessStart {
	r.Kept, r.ProcessId = true, id
	return r
}

func (b *bridge) list() map[string]*bridgepb.ProcessInfo {
	b.t.Helper()
	r, err := b.client.ListProcesses(b.t.Context(), &bridgepb.ListProcessesRequest{})
	if err != nil {
		b.t.Fatal(err)
	}
	byID := map[string]*bridgepb.ProcessInfo{}
	for _, p := range r.Processes {
		byID[p.ProcessId] = p
	}
	return byID
}

func (b *bridge) drop(c *client) {
	b.t.Helper()
	c.cancel()
	eventually(b.t, "the client is gone", func() bool { return !b.list()[c.attached.ProcessId].Attached })
}

// touch makes a file in the root, for which a script waits.
func (b *bridge) touch(name string) {
	b.t.Helper()
	if err := os.WriteFile(filepath.Join(b.root, name), nil, 0o644); err != nil {
		b.t.Fatal(err)
	}
}

func TestAClientThatComesBackLosesNothing(t *testing.T) {
	b := newBridge(t)
	r := sh(`i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done; echo END`)
	r.JournalBytes = 16 << 10
	c := b.start(r)
	var all strings.Builder
	for round := 0; c.exit == nil; round++ {
		for len(c.stdout()) < 40_000 && c.exit == nil {
			if _, err := c.next(); err != nil {
				t.Fatal(err)
			}
		}
		all.WriteString(c.stdout())
		if c.exit == nil {
			c.cancel()
			c = b.attach(&bridgepb.ProcessAttach{ProcessId: r.ProcessId, StdoutOffset: int64(all.Len()), Epoch: c.attached.Epoch})
			c.next()
			if first := c.frames[0].GetOutput(); first.GetOffset() != int64(all.Len()) {
				t.Fatalf("goes on at %d, not at %d", first.GetOffset(), all.Len())
			}
		}
	}
	lines := strings.Split(all.String(), "\n")
	if len(lines) != 20002 || lines[20000] != "END" || lines[12345] != "line 12345" {
		t.Errorf("%d lines", len(lines))
	}
}

func TestAnEndedProcessCanBeReadAgain(t *testing.T) {
	b := newBridge(t)
	r := kept("job", sh("echo result; echo oops >&2; exit 9"))
	r.Name = "a job"
	c := b.start(r)
	c.noAck = true
	c.wantExit(exited, 9)
	info := b.list()["job"]
	if info.GetExit().GetExitCode() != 9 || info.Name != "a job" || info.StdoutBytes != 7 || info.StderrBytes != 5 || info.Attached {
		t.Errorf("listed as %v", info)
	}
	again := b.attach(&bridgepb.ProcessAttach{ProcessId: "job"})
	again.wantExit(exited, 9)
	if again.stdout() != "result\n" || again.stderr() != "oops\n" {
		t.Errorf("got %q, %q", again.stdout(), again.stderr())
	}
}

func TestOneClientAtATime(t *testing.T) {
	b := newBridge(t)
	first := b.start(kept("one", withStdin(sh("cat"))))
	second, err := b.tryAttach(&bridgepb.ProcessAttach{ProcessId: "one"})
	second.wantError(err, "Aborted", "ALREADY_ATTACHED")
	second, err = b.tryAttach(&bridgepb.ProcessAttach{ProcessId: "one", Epoch: 77})
	second.wantError(err, "Aborted", "ALREADY_ATTACHED")

	third := b.attach(&bridgepb.ProcessAttach{ProcessId: "one", TakeOver: true})
	first.wantError(nil, "Aborted", "TAKEN_OVER")
	if third.attached.Epoch != first.attached.Epoch+1 {
		t.Errorf("epochs %d, %d", first.attached.Epoch, third.attached.Epoch)
	}
	fourth := b.attach(&bridgepb.ProcessAttach{ProcessId: "one", Epoch: third.attached.Epoch})
	third.wantError(nil, "Aborted", "TAKEN_OVER")
	fourth.stdin(0, "mine")
	fourth.closeStdin(4)
	fourth.wantExit(exited, 0)
	if fourth.stdout() != "mine" {
		t.Errorf("got %q", fourth.stdout())
	}
}

func TestWaitingForTheEndDisturbsNobody(t *testing.T) {
	b := newBridge(t)
	c := b.start(kept("quiet", withStdin(sh("cat; exit 6"))))
	watcher := b.attach(&bridgepb.ProcessAttach{ProcessId: "quiet", ExitOnly: true})
	c.stdin(0, "output")
	c.untilStdout("output")
	c.closeStdin(6)
	c.wantExit(exited, 6)
	watcher.wantExit(exited, 6)
	if len(watcher.frames) != 1 {
		t.Errorf("the watcher got %v", watcher.frames)
	}
}

func TestAnAbandonedProcessIsKilled(t *testing.T) {
	b := newBridge(t)
	r := sh("echo started; sleep 600")
	r.DetachGraceMillis = 100
	r.ProcessId = "lost"
	c := b.start(r)
	c.untilStdout("started")
	c.cancel()
	eventually(t, "it ends", func() bool { return b.list()["lost"].Exit != nil })
	if again := b.attach(&bridgepb.ProcessAttach{ProcessId: "lost"}); again.finish().Cause != abandoned {
		t.Errorf("cause %v", again.exit.Cause)
	}
}

func TestAnAbandonedProcessWithAFullJournalEndsToo(t *testing.T) {
	b := newBridge(t)
	r := &bridgepb.ProcessStart{Argv: []string{"yes"}, DetachGraceMillis: 50, JournalBytes: 4096, ProcessId: "yes"}
	b.start(r).cancel()
	eventually(t, "it ends", func() bool { return b.list()["yes"].GetExit().GetCause() == abandoned })
}

func TestAKeptProcessSurvivesItsClients(t *testing.T) {
	b := newBridge(t)
	r := kept("server", withStdin(sh("cat")))
	r.DetachGraceMillis = 1
	c := b.start(r)
	b.drop(c)
	time.Sleep(50 * time.Millisecond)
	if info := b.list()["server"]; info.Exit != nil {
		t.Fatalf("it ended: %v", info.Exit)
	}
	b.attach(&bridgepb.ProcessAttach{ProcessId: "server"}).closeStdin(0)
}

func TestAloneItDropsTheOldestOutputIfToldSo(t *testing.T) {
	b := newBridge(t)
	r := kept("log", sh(`while [ ! -e go ]; do sleep 0.01; done; seq 1 100000; echo END >&2`))
	r.JournalBytes, r.Overflow = 10_000, bridgepb.Overflow_OVERFLOW_DROP_OLDEST
	c := b.start(r)
	b.drop(c)
	b.touch("go")
	eventually(t, "it ends alone", func() bool { return b.list()["log"].Exit != nil })
	again := b.attach(&bridgepb.ProcessAttach{ProcessId: "log"})
	exit := again.wantExit(exited, 0)
	var gap *bridgepb.Gap
	for _, f := range again.frames {
		if f.GetGap() != nil {
			gap = f.GetGap()
		}
	}
	if gap.GetTo()-gap.GetFrom()+int64(len(again.stdout())) != exit.StdoutBytes || len(again.stdout()) < 9_000 {
		t.Errorf("gap %v, then %d of %d bytes", gap, len(again.stdout()), exit.StdoutBytes)
	}
	if !strings.HasSuffix(again.stdout(), "99999\n100000\n") || again.stderr() != "END\n" {
		t.Errorf("stderr %q", again.stderr())
	}
}

func TestAloneItWaitsOtherwise(t *testing.T) {
	b := newBridge(t)
	r := kept("waits", sh(`seq 1 100000`))
	r.JournalBytes = 10_000
	c := b.start(r)
	c.cancel()
	p, _ := b.manager.find("waits")
	eventually(t, "the journal is full", func() bool { return p.journal.Held() == 10_000 })
	again := b.attach(&bridgepb.ProcessAttach{ProcessId: "waits", TakeOver: true})
	if again.wantExit(exited, 0); len(again.stdout()) != 588895 {
		t.Errorf("%d bytes", len(again.stdout()))
	}
}

func TestOffsetsMustExist(t *testing.T) {
	b := newBridge(t)
	b.start(kept("short", sh("echo x"))).wantExit(exited, 0)
	c, err := b.tryAttach(&bridgepb.ProcessAttach{ProcessId: "short", StdoutOffset: 3})
	c.wantError(err, "InvalidArgument", "")
}

func TestEndedProcessesAreForgottenAfterMany(t *testing.T) {
	b := newBridge(t)
	b.drop(b.start(kept("undelivered", sh("while [ ! -e go ]; do sleep 0.01; done; exit 8"))))
	b.touch("go")
	eventually(t, "it ends", func() bool { return b.list()["undelivered"].Exit != nil })
	for i := range maxEnded + 20 {
		b.start(&bridgepb.ProcessStart{Argv: []string{"true"}, ProcessId: fmt.Sprint("many-", i)}).wantExit(exited, 0)
	}
	eventually(t, "old ones are forgotten", func() bool { return len(b.list()) <= maxEnded })
	listed := b.list()
	if listed["many-0"] != nil || listed[fmt.Sprint("many-", maxEnded+19)] == nil {
		t.Error("the wrong ones were forgotten")
	}
	if listed["undelivered"] == nil {
		t.Error("one whose end nobody has seen was forgotten before others")
	}
}
