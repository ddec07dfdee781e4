package process

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/cgroup"
)

// family starts a child, a grandchild, one that left the session, and a daemon that was
// double-forked and has no living parent; each writes its pid.
const family = `
sh -c 'echo $$ > child; sleep 600' &
sh -c 'sh -c "echo \$\$ > grandchild; sleep 600" & wait' &
setsid sh -c 'echo $$ > escapee; trap "" TERM; sleep 600; sleep 600' &
( setsid sh -c '(echo $(sh -c "echo \$PPID") > daemon; trap "" TERM HUP; sleep 600; sleep 600) & ' & )
while [ ! -s child ] || [ ! -s grandchild ] || [ ! -s escapee ] || [ ! -s daemon ]; do sleep 0.01; done
echo ready
`

func readPid(t *testing.T, path string) int {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(data)))
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

func alive(pid int) bool {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !strings.Contains(string(data), ") Z ")
}

func (b *bridge) pids(names ...string) []int {
	var pids []int
	for _, n := range names {
		pids = append(pids, readPid(b.t, filepath.Join(b.root, n)))
	}
	return pids
}

func wantDead(t *testing.T, pids []int) {
	t.Helper()
	for _, pid := range pids {
		if alive(pid) {
			t.Errorf("%d is alive", pid)
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
}

func TestAnEndForcedByTheBridgeTakesTheWholeTree(t *testing.T) {
	ends := map[string]struct {
		force func(*bridge, *client)
		cause bridgepb.ExitCause
	}{
		"cancel": {func(_ *bridge, c *client) {
			c.send(&bridgepb.ProcessInput{Frame: &bridgepb.ProcessInput_Cancel{Cancel: &bridgepb.Cancel{}}})
		}, cancelled},
		"signal": {func(b *bridge, c *client) {
			b.signal(c.attached.ProcessId, 9, bridgepb.SignalScope_SIGNAL_SCOPE_TREE)
		}, signalled},
		"shutdown": {func(b *bridge, _ *client) { b.manager.Stop(0, nil) }, signalled},
	}
	for name, end := range ends {
		t.Run(name, func(t *testing.T) {
			b := newBridge(t)
			bystander := b.start(sh("sleep 600"))
			c := b.start(sh(family + "sleep 600"))
			c.untilStdout("ready")
			pids := b.pids("child", "grandchild", "escapee", "daemon")
			end.force(b, c)
			c.wantExit(end.cause, 137)
			wantDead(t, pids)
			if name != "shutdown" && !alive(int(bystander.attached.Pid)) {
				t.Error("another process was killed")
			}
		})
	}
}

func (b *bridge) signal(id string, sig int32, scope bridgepb.SignalScope) bool {
	b.t.Helper()
	r, err := b.client.Signal(b.t.Context(), &bridgepb.SignalRequest{ProcessId: id, Signal: sig, Scope: scope})
	if err != nil {
		b.t.Fatal(err)
	}
	return r.Running
}

func TestATimeoutKillsTheTreeAndSaysSo(t *testing.T) {
	b := newBridge(t)
	r := sh(family + "sleep 600")
	r.TimeoutMillis = 1500
	c := b.start(r)
	c.untilStdout("ready")
	pids := b.pids("child", "grandchild", "escapee", "daemon")
	c.wantExit(timedOut, 137)
	wantDead(t, pids)
}

func TestATimeoutIsATimeoutEvenIfTheProcessObeysWithZero(t *testing.T) {
	r := sh(`trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 0.02; done`)
	r.TimeoutMillis, r.KillGraceMillis = 300, 60_000
	begin := time.Now()
	c := newBridge(t).start(r)
	if exit := c.wantExit(timedOut, 143); exit.Signal != 0 || !strings.Contains(c.stdout(), "bye") {
		t.Errorf("exit %v, stdout %q", exit, c.stdout())
	}
	if time.Since(begin) > 10*time.Second {
		t.Error("waited for the whole grace")
	}
}

func TestTheGraceEndsWithSIGKILL(t *testing.T) {
	r := sh(`trap '' TERM; echo ready; while :; do sleep 0.02; done`)
	r.TimeoutMillis, r.KillGraceMillis = 200, 300
	newBridge(t).start(r).wantExit(timedOut, 137)
}

func TestWhatIsStoppedCanBeEnded(t *testing.T) {
	b := newBridge(t)
	r := sh(`kill -STOP $$`)
	r.KillGraceMillis = 60_000
	c := b.start(r)
	eventually(t, "it is stopped", func() bool {
		data, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", c.attached.Pid))
		return strings.Contains(string(data), ") T ")
	})
	c.send(&bridgepb.ProcessInput{Frame: &bridgepb.ProcessInput_Cancel{Cancel: &bridgepb.Cancel{}}})
	c.wantExit(cancelled, 143)
}

func TestDescendantsLiveOnUnlessAskedOtherwise(t *testing.T) {
	b := newBridge(t)
	b.start(sh(family)).wantExit(exited, 0)
	pids := b.pids("child", "grandchild", "escapee", "daemon")
	for _, pid := range pids {
		if !alive(pid) {
			t.Errorf("%d is dead", pid)
		}
	}
	b.manager.Stop(0, nil)
	wantDead(t, pids)

	b = newBridge(t)
	r := sh(family)
	r.KillDescendantsOnExit = true
	b.start(r).wantExit(exited, 0)
	wantDead(t, b.pids("child", "grandchild", "escapee", "daemon"))
}

func TestSignalScopes(t *testing.T) {
	const script = `
sh -c 'trap "echo child got it; exit" USR1; echo child ready; while :; do sleep 0.02; done' &
trap 'echo leader got it' USR1; echo leader ready; wait; wait; echo over`
	for scope, childToo := range map[bridgepb.SignalScope]bool{
		bridgepb.SignalScope_SIGNAL_SCOPE_PROCESS:     false,
		bridgepb.SignalScope_SIGNAL_SCOPE_UNSPECIFIED: true,
		bridgepb.SignalScope_SIGNAL_SCOPE_GROUP:       true,
		bridgepb.SignalScope_SIGNAL_SCOPE_TREE:        true,
	} {
		b := newBridge(t)
		c := b.start(sh(script))
		c.untilStdout("child ready")
		c.untilStdout("leader ready")
		if !b.signal(c.attached.ProcessId, 10, scope) {
			t.Error("said to have ended")
		}
		c.untilStdout("leader got it")
		if childToo {
			c.untilStdout("child got it")
		} else if strings.Contains(c.stdout(), "child got it") {
			t.Errorf("%v reached the child", scope)
		}
	}
}

func TestSignallingWhatHasEnded(t *testing.T) {
	b := newBridge(t)
	c := b.start(sh("true"))
	c.wantExit(exited, 0)
	if b.signal(c.attached.ProcessId, 15, bridgepb.SignalScope_SIGNAL_SCOPE_GROUP) {
		t.Error("said to be running")
	}
}

// TestAGroupHoldsWhatClearsItsEnvironment needs a cgroup2 hierarchy this test may write to.
func TestAGroupHoldsWhatClearsItsEnvironment(t *testing.T) {
	parent := testGroup(t)
	b := newBridge(t, func(c *Config) { c.Cgroup = parent })
	c := b.start(sh(`( env -i /usr/bin/setsid /bin/sh -c '(echo $(/bin/sh -c "echo \$PPID") > ghost; /bin/sleep 600; /bin/sleep 600) &' & )
while [ ! -s ghost ]; do sleep 0.01; done; echo ready; sleep 600`))
	c.untilStdout("ready")
	pids := b.pids("ghost")
	c.send(&bridgepb.ProcessInput{Frame: &bridgepb.ProcessInput_Cancel{Cancel: &bridgepb.Cancel{}}})
	c.wantExit(cancelled, 137)
	eventually(t, "the ghost is dead", func() bool { return !alive(pids[0]) })
	if !parent.Enabled() {
		t.Error("the group was given up")
	}
}

func testGroup(t *testing.T) *cgroup.Parent {
	t.Helper()
	out, _ := exec.Command("sh", "-c", `sed -n 's/^[^ ]* \([^ ]*\) cgroup2 .*/\1/p' /proc/mounts | head -1`).Output()
	dir := filepath.Join(strings.TrimSpace(string(out)), fmt.Sprintf("warren-test-%d", os.Getpid()))
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Skipf("no cgroup2 hierarchy to write to: %v", err)
	}
	parent, err := cgroup.Open(dir)
	if err != nil {
		os.Remove(dir)
		t.Skipf("cgroup2 cannot be used: %v", err)
	}
	t.Cleanup(func() {
		parent.Sweep(patience)
		if err := os.Remove(dir); err != nil {
			t.Errorf("groups are left: %v", err)
		}
	})
	return parent
}
