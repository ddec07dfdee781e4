package process

import (
	"bytes"
	"strings"
	"testing"

	"dev.warren/bridge/internal/bridgepb"
)

func inLines(r *bridgepb.ProcessStart) *bridgepb.ProcessStart {
	r.StdoutFraming = bridgepb.Framing_FRAMING_LINES
	return r
}

func TestLinesArriveWhole(t *testing.T) {
	c := newBridge(t).start(inLines(sh(`printf '{"half'; sleep 0.05; printf '":1}\n{}\n'; seq 1 50000; printf 'no end'`)))
	c.wantExit(exited, 0)
	last := false
	for _, f := range c.frames {
		if out := f.GetOutput(); out != nil {
			if last {
				t.Fatal("a frame after one without LF")
			}
			last = !bytes.HasSuffix(out.Data, []byte("\n"))
		}
	}
	if !strings.HasPrefix(c.stdout(), "{\"half\":1}\n{}\n1\n2\n") || !strings.HasSuffix(c.stdout(), "50000\nno end") {
		t.Errorf("got %d bytes", len(c.stdout()))
	}
}

func TestALineOverTheLimitDoesNotHarmItsNeighbours(t *testing.T) {
	r := inLines(sh(`echo before; head -c 300000 /dev/zero | tr '\0' x; echo; echo after`))
	r.MaxLineBytes = 100_000
	c := newBridge(t).start(r)
	c.wantExit(exited, 0)
	var long *bridgepb.LongLine
	for _, f := range c.frames {
		if f.GetLongLine() != nil {
			long = f.GetLongLine()
		}
	}
	if c.stdout() != "before\nafter\n" || long.GetLength() != 300_001 || long.GetOffset() != 7 || len(long.GetHead()) != 4096 || len(long.GetTail()) != 4096 {
		t.Errorf("stdout %q, long line of %d at %d", c.stdout(), long.GetLength(), long.GetOffset())
	}
}

func TestALineMayBeLargerThanTheJournal(t *testing.T) {
	r := inLines(sh(`head -c 3000000 /dev/zero | tr '\0' x; echo; echo next`))
	r.JournalBytes = 4096
	c := newBridge(t).start(r)
	c.wantExit(exited, 0)
	if len(c.stdout()) != 3000006 || !strings.HasSuffix(c.stdout(), "x\nnext\n") {
		t.Errorf("%d bytes", len(c.stdout()))
	}
}

func TestStderrNeverBlocksALineServer(t *testing.T) {
	r := inLines(withStdin(sh(`head -c 5000000 /dev/zero | tr '\0' e >&2; echo answer`)))
	c := newBridge(t).start(r)
	c.noAck = true // a client that reads stdout and forgets about stderr
	c.untilStdout("answer\n")
	if exit := c.finish(); exit.StderrBytes != 5000000 || len(exit.StderrTail) != 8<<10 {
		t.Errorf("stderr %d, tail %d", exit.StderrBytes, len(exit.StderrTail))
	}
}
