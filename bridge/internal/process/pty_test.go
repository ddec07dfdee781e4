package process

import (
	"strings"
	"testing"

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

func TestResizeWithoutATerminalIsRefused(t *testing.T) {
	c := newBridge(t).start(sh("sleep 60"))
	c.send(&bridgepb.ProcessInput{Frame: &bridgepb.ProcessInput_Resize{Resize: &bridgepb.Resize{Columns: 1, Rows: 1}}})
	c.wantError(nil, "InvalidArgument", "")
}
