package process

import (
	"bytes"
	"strings"
	"testing"

	"dev.warren/bridge/internal/bridgepb"
)

func withStdin(r *bridgepb.ProcessStart) *bridgepb.ProcessStart {
	r.Stdin = true
	return r
}

func TestStdinReachesTheProcessAndIsHalfClosed(t *testing.T) {
	c := newBridge(t).start(withStdin(&bridgepb.ProcessStart{Argv: []string{"cat"}}))
	c.stdin(0, "hello ")
	c.untilStdout("hello ")
	c.stdin(6, "world")
	c.closeStdin(11)
	c.wantExit(exited, 0)
	if c.stdout() != "hello world" {
		t.Errorf("got %q", c.stdout())
	}
	if c.accepted == nil || c.accepted.Offset != 11 || c.accepted.Broken {
		t.Errorf("accepted %v", c.accepted)
	}
}

func TestWithoutStdinTheProcessReadsNothing(t *testing.T) {
	newBridge(t).start(&bridgepb.ProcessStart{Argv: []string{"cat"}}).wantExit(exited, 0)
}

func TestStdinSentTwiceIsTakenOnce(t *testing.T) {
	c := newBridge(t).start(withStdin(&bridgepb.ProcessStart{Argv: []string{"cat"}}))
	c.stdin(0, "abc")
	c.stdin(0, "abc")
	c.stdin(1, "bcdef")
	c.closeStdin(6)
	c.wantExit(exited, 0)
	if c.stdout() != "abcdef" {
		t.Errorf("got %q", c.stdout())
	}
}

func TestStdinWithAHoleIsRefused(t *testing.T) {
	c := newBridge(t).start(withStdin(sh("sleep 60")))
	c.stdin(5, "x")
	c.wantError(nil, "InvalidArgument", "")
}

func TestStdinBeyondTheWindowIsRefused(t *testing.T) {
	c := newBridge(t).start(withStdin(sh("sleep 60")))
	half := strings.Repeat("x", stdinWindow/2+64<<10) // the pipe takes 64 KiB beyond the window
	c.stdin(0, half)
	c.stdin(int64(len(half)), half)
	c.stdin(int64(2*len(half)), half)
	c.wantError(nil, "ResourceExhausted", "LIMIT")
}

func TestACommandThatDoesNotReadStdinReportsItsTrueResult(t *testing.T) {
	c := newBridge(t).start(withStdin(sh("echo no thanks; exit 4")))
	for i := range int64(10) {
		c.stdin(i*100_000, strings.Repeat("x", 100_000))
	}
	c.wantExit(exited, 4)
	if c.stdout() != "no thanks\n" || c.accepted == nil || !c.accepted.Broken {
		t.Errorf("stdout %q, accepted %v", c.stdout(), c.accepted)
	}
}

func TestClosingItsStdinIsNoErrorOfTheProcess(t *testing.T) {
	c := newBridge(t).start(withStdin(sh("exec <&-; echo closed; while [ ! -e go ]; do sleep 0.01; done; echo on")))
	c.untilStdout("closed")
	for sent := int64(0); c.accepted == nil || !c.accepted.Broken; sent += 100_000 {
		c.stdin(sent, strings.Repeat("x", 100_000))
		if _, err := c.next(); err != nil {
			t.Fatal(err)
		}
	}
	c.send(&bridgepb.ProcessInput{Frame: &bridgepb.ProcessInput_Cancel{Cancel: &bridgepb.Cancel{}}})
	c.wantExit(cancelled, 137)
}

func TestASlowReaderDoesNotBlockSignals(t *testing.T) {
	c := newBridge(t).start(withStdin(sh(`trap 'echo got it; exit 5' USR1; echo ready; while :; do sleep 0.05; done`)))
	c.untilStdout("ready")
	c.stdin(0, strings.Repeat("x", stdinWindow)) // far more than the pipe holds
	c.send(&bridgepb.ProcessInput{Frame: &bridgepb.ProcessInput_Signal{Signal: &bridgepb.SendSignal{Signal: 10}}})
	c.wantExit(exited, 5)
}

func TestALotOfStdinFlowsWithinTheWindow(t *testing.T) {
	c := newBridge(t).start(withStdin(&bridgepb.ProcessStart{Argv: []string{"cksum"}}))
	const total = 8 << 20
	block := bytes.Repeat([]byte("0123456789abcdef"), 4<<10)
	var accepted int64
	for sent := int64(0); sent < total; {
		for sent+int64(len(block)) > accepted+int64(c.attached.StdinWindow) {
			if _, err := c.next(); err != nil {
				t.Fatal(err)
			}
			if c.accepted != nil {
				accepted = c.accepted.Offset
			}
		}
		c.stdin(sent, string(block))
		sent += int64(len(block))
	}
	c.closeStdin(total)
	c.wantExit(exited, 0)
	if !strings.HasSuffix(c.stdout(), " 8388608\n") {
		t.Errorf("got %q", c.stdout())
	}
}

func TestStdinReceivedBeforeADisconnectIsNotLost(t *testing.T) {
	b := newBridge(t)
	r := withStdin(&bridgepb.ProcessStart{Argv: []string{"cat"}, ProcessId: "cat"})
	c := b.start(r)
	c.stdin(0, "first ")
	c.untilStdout("first ")
	c.cancel()
	again := b.attach(&bridgepb.ProcessAttach{ProcessId: "cat", StdoutOffset: 6, Epoch: c.attached.Epoch})
	if again.attached.StdinAccepted != 6 || again.attached.StdinClosed {
		t.Errorf("attached %v", again.attached)
	}
	again.stdin(0, "first second") // all of it, to be sure
	again.closeStdin(12)
	again.wantExit(exited, 0)
	if again.stdout() != "second" {
		t.Errorf("got %q", again.stdout())
	}
}

func TestAClientThatTakesOverBeginsAfterWhatWasReceived(t *testing.T) {
	b := newBridge(t)
	// It reads nothing before the signal, so most of the first client's bytes wait in the bridge.
	first := b.start(kept("slow", withStdin(sh(`trap 'exec cat' USR1; echo up; while :; do sleep 0.02; done`))))
	first.untilStdout("up\n")
	before := strings.Repeat("a", 200<<10)
	first.stdin(0, before)
	for first.accepted == nil { // a part of one message: then all of it was received
		if _, err := first.next(); err != nil {
			t.Fatal(err)
		}
	}
	second := b.attach(&bridgepb.ProcessAttach{ProcessId: "slow", TakeOver: true})
	if second.attached.StdinAccepted != int64(len(before)) {
		t.Fatalf("begins at %d", second.attached.StdinAccepted)
	}
	second.stdin(second.attached.StdinAccepted, "end")
	second.closeStdin(second.attached.StdinAccepted + 3)
	second.send(&bridgepb.ProcessInput{Frame: &bridgepb.ProcessInput_Signal{Signal: &bridgepb.SendSignal{Signal: 10}}})
	second.wantExit(exited, 0)
	if got := second.stdout(); !strings.HasSuffix(got, before+"end") {
		t.Errorf("got %d bytes, ending in %q", len(got), got[max(0, len(got)-8):])
	}
}
