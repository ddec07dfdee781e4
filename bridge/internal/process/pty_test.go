package process

import (
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"dev.warren/bridge/internal/bridgepb"
)

func onTerminal(r *bridgepb.ProcessStart) *bridgepb.ProcessStart {
	r.Pty, r.Stdin = &bridgepb.Pty{}, true
	return r
}

func TestATerminalHasASizeAndAName(t *testing.T) {
	b := newBridge(t)
	r := onTerminal(sh(`tty >/dev/null && stty size; echo $TERM; echo err >&2`))
	r.Pty = &bridgepb.Pty{Columns: 100, Rows: 30, Term: "vt100"}
	c := b.start(r)
	c.wantExit(exited, 0)
	if c.stdout() != "30 100\r\nvt100\r\nerr\r\n" || c.stderr() != "" {
		t.Errorf("got %q, stderr %q", c.stdout(), c.stderr())
	}
	c = b.start(onTerminal(sh("stty size; echo $TERM")))
	c.wantExit(exited, 0)
	if c.stdout() != "24 80\r\nxterm-256color\r\n" {
		t.Errorf("defaults: got %q", c.stdout())
	}
}

func TestATerminalIsResized(t *testing.T) {
	c := newBridge(t).start(onTerminal(sh(`trap 'stty size; exit 0' WINCH; echo ready; while :; do sleep 0.05; done`)))
	c.untilStdout("ready")
	c.send(&bridgepb.ProcessInput{Frame: &bridgepb.ProcessInput_Resize{Resize: &bridgepb.Resize{Columns: 132, Rows: 43}}})
	c.wantExit(exited, 0)
	if !strings.HasSuffix(c.stdout(), "43 132\r\n") {
		t.Errorf("got %q", c.stdout())
	}
}

func TestATerminalEchoesAndInterrupts(t *testing.T) {
	c := newBridge(t).start(onTerminal(sh(`echo ready; cat`)))
	c.untilStdout("ready")
	c.stdin(0, "typed\n")
	c.untilStdout("typed\r\ntyped\r\n")
	c.stdin(6, "\x03")
	c.wantExit(signalled, 130)
}

func TestClosingStdinOfATerminalIsEndOfInput(t *testing.T) {
	for _, typed := range []string{"whole line\n", "half a line"} {
		c := newBridge(t).start(onTerminal(sh(`stty -echo; echo ready; cat; echo over`)))
		c.untilStdout("ready")
		c.stdin(0, typed)
		c.closeStdin(int64(len(typed)))
		c.wantExit(exited, 0)
		if !strings.Contains(c.stdout(), strings.TrimSpace(typed)) || !strings.HasSuffix(c.stdout(), "over\r\n") {
			t.Errorf("%q: got %q", typed, c.stdout())
		}
	}
}

func TestAHungUpTerminalIsTheEndOfItsOutput(t *testing.T) {
	c := newBridge(t).start(onTerminal(sh(`seq 1 20000`)))
	if exit := c.wantExit(exited, 0); exit.OutputHeld || !strings.HasSuffix(c.stdout(), "20000\r\n") {
		t.Errorf("exit %v, %d bytes", exit, len(c.stdout()))
	}
}

// earlyHangup is a terminal as the kernel shows it when a program writes and ends while it is read.
type earlyHangup struct{ reads int }

func (e *earlyHangup) Read(buffer []byte) (int, error) {
	e.reads++
	if e.reads == 2 {
		return copy(buffer, "last words"), nil
	}
	return 0, &os.PathError{Op: "read", Path: "terminal", Err: syscall.EIO}
}

func TestOutputIsReadThoughTheTerminalSaysItWasHungUp(t *testing.T) {
	terminal, buffer := &earlyHangup{}, make([]byte, 100)
	if n, err := pastHangup(terminal, buffer); err != nil || string(buffer[:n]) != "last words" {
		t.Errorf("got %q, %v", buffer[:n], err)
	}
	if _, err := pastHangup(terminal, buffer); !errors.Is(err, syscall.EIO) {
		t.Errorf("at the end: %v", err)
	}
}

// The output is more than the journal and the line discipline hold, and less than also fills the
// queue between them, on which the process would wait.
func TestASlowClientGetsEverythingOfATerminal(t *testing.T) {
	b := newBridge(t)
	for _, survivor := range []string{"", "trap '' HUP; sleep 60 & "} {
		r := onTerminal(sh(survivor + `head -c 13000 /dev/zero | tr '\0' x; echo END`))
		r.JournalBytes, r.KillDescendantsOnExit = 8<<10, false
		c := b.start(r)
		c.noAck = true
		c.until("a full journal", func() bool { return len(c.stdout()) >= 8<<10 })
		p, _ := b.manager.find(r.ProcessId)
		<-p.exited
		time.Sleep(drainGrace + 50*time.Millisecond) // longer than any grace
		c.noAck = false
		c.send(&bridgepb.ProcessInput{Frame: &bridgepb.ProcessInput_Ack{Ack: &bridgepb.Ack{StdoutOffset: int64(len(c.stdout()))}}})
		exit := c.wantExit(exited, 0)
		if len(c.stdout()) != 13005 || !strings.HasSuffix(c.stdout(), "END\r\n") || exit.OutputHeld != (survivor != "") {
			t.Errorf("survivor %q: %d bytes, exit %v", survivor, len(c.stdout()), exit)
		}
	}
}

func TestResizeWithoutATerminalIsRefused(t *testing.T) {
	c := newBridge(t).start(sh("sleep 60"))
	c.send(&bridgepb.ProcessInput{Frame: &bridgepb.ProcessInput_Resize{Resize: &bridgepb.Resize{Columns: 1, Rows: 1}}})
	c.wantError(nil, "InvalidArgument", "")
}
