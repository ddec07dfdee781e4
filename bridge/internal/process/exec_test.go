package process

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dev.warren/bridge/internal/bridgepb"
)

const (
	exited    = bridgepb.ExitCause_EXIT_CAUSE_EXITED
	signalled = bridgepb.ExitCause_EXIT_CAUSE_SIGNALLED
	timedOut  = bridgepb.ExitCause_EXIT_CAUSE_TIMED_OUT
	cancelled = bridgepb.ExitCause_EXIT_CAUSE_CANCELLED
	abandoned = bridgepb.ExitCause_EXIT_CAUSE_ABANDONED
)

func TestExecReportsOutputAndExitCode(t *testing.T) {
	b := newBridge(t)
	c := b.start(sh("echo out; echo err >&2; exit 7"))
	exit := c.wantExit(exited, 7)
	if c.stdout() != "out\n" || c.stderr() != "err\n" || exit.StderrTail != "err\n" || exit.Signal != 0 {
		t.Errorf("stdout %q, stderr %q, exit %v", c.stdout(), c.stderr(), exit)
	}
	if exit.StdoutBytes != 4 || exit.StderrBytes != 4 || exit.OutputHeld {
		t.Errorf("exit %v", exit)
	}
}

func TestExecReportsTheSignalThatEndedTheProcess(t *testing.T) {
	exit := newBridge(t).start(sh("kill -9 $$")).wantExit(signalled, 137)
	if exit.Signal != 9 {
		t.Errorf("signal %d", exit.Signal)
	}
}

func TestExecNeedsNoShell(t *testing.T) {
	c := newBridge(t).start(&bridgepb.ProcessStart{Argv: []string{"echo", "a b", "$HOME", "'"}})
	c.wantExit(exited, 0)
	if c.stdout() != "a b $HOME '\n" {
		t.Errorf("got %q", c.stdout())
	}
}

func TestExecTellsFailuresToStartApart(t *testing.T) {
	b := newBridge(t)
	write := func(name, content string, mode os.FileMode) string {
		path := filepath.Join(b.root, name)
		if err := os.WriteFile(path, []byte(content), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	plain := write("plain", "text", 0o644)
	binary := write("garbage", "\x00\x01garbage", 0o755)
	orphan := write("orphan", "#!/no/such/interpreter\n", 0o755)
	cases := []struct {
		name         string
		start        *bridgepb.ProcessStart
		code, reason string
	}{
		{"unknown command", &bridgepb.ProcessStart{Argv: []string{"no-such-command"}}, "NotFound", "COMMAND_NOT_FOUND"},
		{"unknown path", &bridgepb.ProcessStart{Argv: []string{"./nope"}}, "NotFound", "COMMAND_NOT_FOUND"},
		{"not executable", &bridgepb.ProcessStart{Argv: []string{plain}}, "PermissionDenied", "NOT_EXECUTABLE"},
		{"a directory", &bridgepb.ProcessStart{Argv: []string{"/tmp"}}, "PermissionDenied", "NOT_EXECUTABLE"},
		{"no program", &bridgepb.ProcessStart{Argv: []string{binary}}, "InvalidArgument", ""},
		{"no interpreter", &bridgepb.ProcessStart{Argv: []string{orphan}}, "NotFound", "COMMAND_NOT_FOUND"},
		{"no directory", &bridgepb.ProcessStart{Argv: []string{"true"}, Cwd: "/no/such/dir"}, "NotFound", "CWD_NOT_FOUND"},
		{"cwd is a file", &bridgepb.ProcessStart{Argv: []string{"true"}, Cwd: plain}, "InvalidArgument", "CWD_NOT_DIRECTORY"},
		{"cwd below a file", &bridgepb.ProcessStart{Argv: []string{"true"}, Cwd: plain + "/x"}, "InvalidArgument", "CWD_NOT_DIRECTORY"},
		{"unknown user", &bridgepb.ProcessStart{Argv: []string{"true"}, User: "nobody-here"}, "NotFound", "USER_NOT_FOUND"},
		{"unknown group", &bridgepb.ProcessStart{Argv: []string{"true"}, User: "0:no-such-group"}, "NotFound", "USER_NOT_FOUND"},
		{"too long", &bridgepb.ProcessStart{Argv: []string{"true", strings.Repeat("x", 200<<10)}}, "InvalidArgument", "LIMIT"},
		{"no argv", &bridgepb.ProcessStart{}, "InvalidArgument", ""},
		{"empty command", &bridgepb.ProcessStart{Argv: []string{""}}, "InvalidArgument", ""},
		{"NUL in argv", &bridgepb.ProcessStart{Argv: []string{"true", "a\x00b"}}, "InvalidArgument", ""},
		{"bad env name", &bridgepb.ProcessStart{Argv: []string{"true"}, Env: map[string]string{"A=B": ""}}, "InvalidArgument", ""},
		{"empty env name", &bridgepb.ProcessStart{Argv: []string{"true"}, Env: map[string]string{"": "x"}}, "InvalidArgument", ""},
		{"NUL in env", &bridgepb.ProcessStart{Argv: []string{"true"}, Env: map[string]string{"A": "\x00"}}, "InvalidArgument", ""},
		{"bad id", &bridgepb.ProcessStart{ProcessId: "a/b", Argv: []string{"true"}}, "InvalidArgument", ""},
		{"negative timeout", &bridgepb.ProcessStart{Argv: []string{"true"}, TimeoutMillis: -1}, "InvalidArgument", ""},
		{"huge journal", &bridgepb.ProcessStart{Argv: []string{"true"}, JournalBytes: 1 << 30}, "ResourceExhausted", "LIMIT"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			client, err := b.tryStart(c.start)
			client.t = t
			client.wantError(err, c.code, c.reason)
		})
	}
	if left := b.manager.all(); len(left) != 0 {
		t.Errorf("%d processes were entered", len(left))
	}
}

func TestExecFindsCommandsInThePathOfTheChild(t *testing.T) {
	b := newBridge(t)
	dir := t.TempDir()
	for name, content := range map[string]string{"hello": "#!/bin/sh\necho found\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	c := b.start(&bridgepb.ProcessStart{Argv: []string{"hello"}, Env: map[string]string{"PATH": "/nowhere:" + dir}})
	c.wantExit(exited, 0)
	c = b.start(&bridgepb.ProcessStart{Argv: []string{"./hello"}, Cwd: dir})
	c.wantExit(exited, 0)
	if c.stdout() != "found\n" {
		t.Errorf("got %q", c.stdout())
	}
}

func TestExecWorksInTheRootOrBelowOrElsewhere(t *testing.T) {
	b := newBridge(t)
	if err := os.Mkdir(filepath.Join(b.root, "sub"), 0o755); err != nil {
		t.Fatal(err)
	}
	for cwd, want := range map[string]string{"": b.root, "sub": b.root + "/sub", "/": "/"} {
		c := b.start(&bridgepb.ProcessStart{Argv: []string{"pwd"}, Cwd: cwd})
		c.wantExit(exited, 0)
		if c.stdout() != want+"\n" {
			t.Errorf("cwd %q: got %q", cwd, c.stdout())
		}
	}
}

func TestStartingAnIdTwiceIsAnError(t *testing.T) {
	b := newBridge(t)
	r := sh("exit 3")
	r.ProcessId = "once"
	b.start(r).wantExit(exited, 3)
	c, err := b.tryStart(r)
	c.wantError(err, "AlreadyExists", "")
	// A start whose answer was lost is settled like this.
	b.attach(&bridgepb.ProcessAttach{ProcessId: "once"}).wantExit(exited, 3)
}

func TestADescendantThatHoldsTheOutputDoesNotHangTheCall(t *testing.T) {
	b := newBridge(t)
	begin := time.Now()
	// The survivor goes on writing after the end; a SIGPIPE would keep it from its last line.
	mark := filepath.Join(b.root, "survived")
	c := b.start(sh(`(while [ ! -e go ]; do sleep 0.01; done; echo late; echo later; echo done > ` + mark + `) & echo early`))
	exit := c.wantExit(exited, 0)
	if c.stdout() != "early\n" || !exit.OutputHeld || time.Since(begin) > 5*time.Second {
		t.Errorf("stdout %q, exit %v, after %v", c.stdout(), exit, time.Since(begin))
	}
	b.touch("go")
	eventually(t, "the survivor writes to the end", func() bool { _, err := os.Stat(mark); return err == nil })
	eventually(t, "its slot is given back", func() bool { b.manager.mu.Lock(); defer b.manager.mu.Unlock(); return b.manager.live == 0 })
}

func TestOutputOfTheProcessIsCompleteThoughDescendantsHoldIt(t *testing.T) {
	b := newBridge(t)
	r := sh(`sleep 30 & head -c 3000000 /dev/zero | tr '\0' x; echo END`)
	r.JournalBytes = 64 << 10
	c := b.start(r)
	exit := c.wantExit(exited, 0)
	if len(c.stdout()) != 3000004 || !strings.HasSuffix(c.stdout(), "END\n") || !exit.OutputHeld {
		t.Errorf("%d bytes, exit %v", len(c.stdout()), exit)
	}
}

func TestASlowClientGetsEverythingThoughTheProcessEndedLongAgo(t *testing.T) {
	b := newBridge(t)
	r := sh(`head -c 100000 /dev/zero | tr '\0' x`)
	r.JournalBytes = 8 << 10
	r.ProcessId = "slow"
	c := b.start(r)
	c.noAck = true
	c.until("a full journal", func() bool { return len(c.stdout()) >= 8<<10 })
	p, _ := b.manager.find("slow")
	time.Sleep(drainGrace + 50*time.Millisecond) // longer than any grace
	if held := p.journal.Held(); held > 8<<10 {
		t.Errorf("the journal holds %d bytes", held)
	}
	c.noAck = false
	c.send(&bridgepb.ProcessInput{Frame: &bridgepb.ProcessInput_Ack{Ack: &bridgepb.Ack{StdoutOffset: int64(len(c.stdout()))}}})
	if exit := c.wantExit(exited, 0); len(c.stdout()) != 100000 || exit.OutputHeld {
		t.Errorf("%d bytes, exit %v", len(c.stdout()), exit)
	}
}

func TestOutOfOrderFirstFramesAreRefused(t *testing.T) {
	b := newBridge(t)
	c, err := b.open(false, &bridgepb.ProcessInput{Frame: &bridgepb.ProcessInput_Cancel{Cancel: &bridgepb.Cancel{}}})
	c.wantError(err, "InvalidArgument", "")
	c, err = b.open(true, &bridgepb.ProcessInput{Frame: &bridgepb.ProcessInput_Start{Start: sh("true")}})
	c.wantError(err, "InvalidArgument", "")
	c, err = b.tryAttach(&bridgepb.ProcessAttach{ProcessId: "nobody"})
	c.wantError(err, "NotFound", "PROCESS_NOT_FOUND")
}
