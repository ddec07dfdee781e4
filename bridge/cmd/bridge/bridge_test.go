package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"dev.warren/bridge/internal/bridgepb"
)

func TestCommandLine(t *testing.T) {
	if out, err := exec.Command(program, "version").Output(); err != nil || string(out) != "0.0-test\n" {
		t.Errorf("version: %q, %v", out, err)
	}
	for _, line := range []string{"", "nonsense", "serve", "serve --sandbox-id x --listen tcp:127.0.0.1:0", "init --sandbox-id x"} {
		out, err := exec.Command(program, strings.Fields(line)...).Output()
		if exit, ok := err.(*exec.ExitError); !ok || exit.ExitCode() != 2 || len(out) > 0 {
			t.Errorf("%q: %v, stdout %q", line, err, out)
		}
	}
}

func TestTheBootLineTellsHowToReachIt(t *testing.T) {
	s := launch(t, nil, "--subreaper")
	if s.boot["warren"] != "boot" || s.boot["protocol"] != 1.0 || s.boot["sandbox"] != "box" || s.boot["listen"] != "unix:"+s.socket ||
		len(s.boot["instance"].(string)) != 32 || len(s.boot["key"].(string)) != len("sha256:")+64 || len(s.boot) != 6 {
		t.Errorf("got %v", s.boot)
	}
	s.kill(s.initPid(false), syscall.SIGTERM)
	if code, took := s.wait(); code != 0 || took > 5*time.Second {
		t.Errorf("exit %d after %v", code, took)
	}
}

func TestPidOneReapsWhatIsOrphaned(t *testing.T) {
	s := launch(t, namespace(t))
	if got := s.sh(`tr '\0' ' ' < /proc/1/cmdline`); !strings.Contains(got, " init ") {
		t.Errorf("PID 1 is %q", got)
	}
	s.sh(`for i in 1 2 3 4 5 6 7 8 9 10; do (setsid sh -c 'sleep 0.0$0 & sleep 0.0$0 &' $i &) ; done`)
	eventually(t, "no zombies and no orphans are left", func() bool {
		return s.sh(`cat /proc/[0-9]*/stat 2>/dev/null | grep -c -e ') Z ' -e '(sleep)'`) == "0"
	})
	// The exit status of a command is the bridge's, however busy the reaper is.
	for i := range 20 {
		if _, exit := s.exec(&bridgepb.ProcessStart{Argv: []string{"sh", "-c", "(sleep 0 &); exit 7"}}); exit.ExitCode != 7 {
			t.Fatalf("run %d: %v", i, exit)
		}
	}
}

func TestNobodyInsideTheSandboxMayConnect(t *testing.T) {
	s := launch(t, namespace(t))
	self, _ := os.Executable()
	out, exit := s.exec(&bridgepb.ProcessStart{Argv: []string{self}, Env: map[string]string{"BRIDGE_TEST_DIAL": s.socket}})
	if strings.TrimSpace(out) != "Unavailable" || exit.ExitCode != 0 {
		t.Errorf("got %q, %v", out, exit)
	}
}

func TestOnAHostItsUserMayConnect(t *testing.T) {
	s := launch(t, nil, "--subreaper")
	self, _ := os.Executable()
	out, _ := s.exec(&bridgepb.ProcessStart{Argv: []string{self}, Env: map[string]string{"BRIDGE_TEST_DIAL": s.socket}})
	if strings.TrimSpace(out) != "OK" {
		t.Errorf("got %q", out)
	}
}

func TestTheWorkloadCannotLookIntoTheBridge(t *testing.T) {
	// As an ordinary user: root with all capabilities may look into everything.
	s := launch(t, namespace(t, "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"))
	for _, what := range []string{"environ", "mem", "maps", "fd/0", "root/"} {
		for _, pid := range []string{"1", "$PPID"} {
			out := s.sh(fmt.Sprintf(`if head -c 1 /proc/%s/%s >/dev/null 2>&1 || ls /proc/%s/%s >/dev/null 2>&1 && [ %s = root/ ]; then echo open; else echo closed; fi`, pid, what, pid, what, what))
			if out != "closed" {
				t.Errorf("/proc/%s/%s is %s", pid, what, out)
			}
		}
	}
	if out := s.sh("ls /proc/1/fd /proc/$PPID/fd 2>/dev/null | wc -l"); out != "0" {
		t.Errorf("descriptors can be seen: %s", out)
	}
	// Its own processes are as open as ever.
	if out := s.sh("head -c 1 /proc/$$/environ >/dev/null && echo open"); out != "open" {
		t.Errorf("its own environ: %q", out)
	}
}

func TestStoppingEndsEverything(t *testing.T) {
	s := launch(t, namespace(t))
	s.sh(`(env -i /usr/bin/setsid /bin/sh -c 'trap "" TERM HUP; /bin/sleep 601; /bin/sleep 601' >/dev/null 2>&1 &)`)
	s.sh("exit 0")
	initPid := s.initPid(true)
	begin := time.Now()
	s.kill(initPid, syscall.SIGTERM)
	if code, _ := s.wait(); code != 0 || time.Since(begin) > 5*time.Second {
		t.Errorf("exit %d after %v", code, time.Since(begin))
	}
}

func TestWhenTheServerDiesTheSandboxEnds(t *testing.T) {
	s := launch(t, namespace(t))
	s.sh(`setsid sleep 602 >/dev/null 2>&1 &`)
	initPid := s.initPid(true)
	s.kill(s.children(initPid)[0], syscall.SIGKILL)
	if code, took := s.wait(); code != 137 || took > 5*time.Second {
		t.Errorf("exit %d after %v", code, took)
	}
}

func TestASubreaperLeavesNothingBehind(t *testing.T) {
	s := launch(t, nil, "--subreaper")
	// Out of the session, without a parent, without the bridge's variables, deaf to SIGTERM.
	out := s.sh(`(env -i /usr/bin/setsid /bin/sh -c 'trap "" TERM; echo $$; exec >/dev/null 2>&1; /bin/sleep 603; /bin/sleep 603' &) | head -1`)
	var pid int
	fmt.Sscan(out, &pid)
	if pid == 0 || gone(pid) {
		t.Fatalf("no daemon: %q", out)
	}
	s.kill(s.initPid(false), syscall.SIGTERM)
	if code, took := s.wait(); code != 0 || took > 5*time.Second {
		t.Errorf("exit %d after %v", code, took)
	}
	if !gone(pid) {
		t.Errorf("%d is alive", pid)
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}

func TestTheServerDoesNotOutliveInit(t *testing.T) {
	s := launch(t, nil, "--subreaper")
	server := s.children(s.initPid(false))[0]
	s.kill(s.initPid(false), syscall.SIGKILL)
	eventually(t, "the server has ended", func() bool { return gone(server) })
}

// Signals are heard from a moment on that lies within the start. Told to end before it, init ends as
// any program does, and its server must not stay behind.
func TestToldToEndAtAnyMomentOfItsStartNothingStays(t *testing.T) {
	for delay := time.Duration(0); delay <= 20*time.Millisecond; delay += time.Millisecond {
		dir := t.TempDir()
		cmd := exec.Command(program, "init", "--sandbox-id", "box", "--root", dir, "--listen", "unix:"+dir+"/s")
		// The server holds it too, so it is at its end when both are gone.
		stdout, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(delay)
		_ = cmd.Process.Signal(syscall.SIGTERM)
		late := time.AfterFunc(20*time.Second, func() {
			t.Errorf("told to end after %v, it runs on", delay)
			_ = cmd.Process.Kill() // the server goes with it
		})
		_, _ = io.Copy(io.Discard, stdout)
		_ = cmd.Wait()
		late.Stop()
	}
}

func TestASecondSignalSkipsTheGrace(t *testing.T) {
	s := launch(t, nil, "--subreaper", "--stop-grace-millis", "600000")
	stream, err := s.client.Exec(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_ = stream.Send(&bridgepb.ProcessInput{Frame: &bridgepb.ProcessInput_Start{Start: &bridgepb.ProcessStart{
		ProcessId: "deaf", Argv: []string{"sh", "-c", `trap 'echo asked' TERM; echo up; while :; do sleep 0.02; done`}}}})
	for asked := ""; !strings.Contains(asked, "asked"); {
		frame, err := stream.Recv()
		if err != nil {
			t.Fatal(err)
		}
		if asked += string(frame.GetOutput().GetData()); asked == "up\n" {
			s.kill(s.initPid(false), syscall.SIGTERM)
		}
	}
	s.kill(s.initPid(false), syscall.SIGTERM)
	if code, took := s.wait(); code != 0 || took > 5*time.Second {
		t.Errorf("exit %d after %v", code, took)
	}
}

func TestLimitsOfTheSandboxReachItsCommandsUnchanged(t *testing.T) {
	s := launch(t, []string{"sh", "-c", `ulimit -Sn 777; exec "$@"`, "sh"}, "--subreaper")
	if got := s.sh("ulimit -Sn"); got != "777" {
		t.Errorf("got %s", got)
	}
}

func TestTheIdleFootprintIsSmall(t *testing.T) {
	s := launch(t, namespace(t))
	s.sh("true")
	initPid := s.initPid(true)
	server := s.children(initPid)[0]
	eventually(t, "init is below 4 MiB and the server below 7", func() bool {
		return resident(t, initPid) < 4<<10 && resident(t, server) < 7<<10
	})
	t.Logf("resident: init %d KiB, server %d KiB", resident(t, initPid), resident(t, server))
}

func resident(t *testing.T, pid int) (kib int) {
	t.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			fmt.Sscan(rest, &kib)
		}
	}
	return kib
}
