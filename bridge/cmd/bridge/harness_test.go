package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"dev.warren/bridge/internal/bridgepb"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
)

const patience = 20 * time.Second

// program is the bridge as it is released, built once.
var program string

func TestMain(m *testing.M) {
	if socket := os.Getenv("BRIDGE_TEST_DIAL"); socket != "" {
		dialFromInside(socket)
		return
	}
	os.Exit(buildAndRun(m))
}

func buildAndRun(m *testing.M) int {
	dir, err := os.MkdirTemp("", "warren-bridge")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	_ = os.Chmod(dir, 0o755) // also for tests under another user
	program = filepath.Join(dir, "bridge")
	build := exec.Command("go", "build", "-tags", "grpcnotrace", "-trimpath", "-buildvcs=false",
		"-ldflags", "-s -w -buildid= -X main.version=0.0-test", "-o", program, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// dialFromInside is what a workload would do with the bridge's socket; it prints the outcome.
func dialFromInside(socket string) {
	conn, err := grpc.NewClient("unix:"+socket, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		panic(err)
	}
	_, err = bridgepb.NewContainerServiceClient(conn).Hello(context.Background(), hello())
	fmt.Println(status.Code(err))
}

func hello() *bridgepb.HelloRequest {
	nonce := make([]byte, 16)
	_, _ = rand.Read(nonce)
	return &bridgepb.HelloRequest{ProtocolVersion: 1, SandboxId: "box", Nonce: nonce}
}

// sandbox is a running bridge.
type sandbox struct {
	t      testing.TB
	cmd    *exec.Cmd
	boot   map[string]any
	more   chan string // what stdout held after the boot line, at its end
	dir    string
	socket string
	client bridgepb.ContainerServiceClient
}

// launch runs "bridge init" behind a wrapper, which may be empty.
func launch(t testing.TB, wrapper []string, flags ...string) *sandbox {
	t.Helper()
	dir, err := os.MkdirTemp("", "w")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	_ = os.Chmod(dir, 0o777)
	s := &sandbox{t: t, dir: dir, socket: filepath.Join(dir, "s"), more: make(chan string, 1)}
	args := append(append([]string{}, wrapper...), program, "init", "--sandbox-id", "box", "--root", dir+"/data", "--listen", "unix:"+s.socket)
	args = append(args, flags...)
	s.cmd = exec.Command(args[0], args[1:]...)
	s.cmd.Stderr = os.Stderr
	s.cmd.Env = append(os.Environ(), "BRIDGE_SECRET=hidden")
	stdout, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.destroy)
	reader := bufio.NewReader(stdout)
	line, err := reader.ReadString('\n')
	if err != nil {
		t.Fatalf("no boot line: %q, %v", line, err)
	}
	if err := json.Unmarshal([]byte(line), &s.boot); err != nil {
		t.Fatalf("boot line %q: %v", line, err)
	}
	go func() {
		rest, _ := io.ReadAll(reader)
		s.more <- string(rest)
	}()
	s.connect()
	return s
}

// destroy kills what the wrapper has started too: a change of user has undone --kill-child.
func (s *sandbox) destroy() {
	if s.cmd.ProcessState == nil {
		for _, pid := range s.children(s.cmd.Process.Pid) {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
	}
}

func (s *sandbox) connect() {
	s.t.Helper()
	conn, err := grpc.NewClient("unix:"+s.socket, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { conn.Close() })
	s.client = bridgepb.NewContainerServiceClient(conn)
	if _, err := s.client.Hello(s.t.Context(), hello()); err != nil {
		s.t.Fatal(err)
	}
}

// exec runs a script and returns its stdout and its end.
func (s *sandbox) exec(start *bridgepb.ProcessStart) (string, *bridgepb.Exit) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	stream, err := s.client.Exec(ctx)
	if err != nil {
		s.t.Fatal(err)
	}
	if start.ProcessId == "" {
		start.ProcessId = fmt.Sprintf("p%d", time.Now().UnixNano())
	}
	_ = stream.Send(&bridgepb.ProcessInput{Frame: &bridgepb.ProcessInput_Start{Start: start}})
	var out strings.Builder
	for {
		frame, err := stream.Recv()
		if err != nil {
			s.t.Fatalf("exec %v: %v", start.Argv, err)
		}
		out.Write(frame.GetOutput().GetData())
		if exit := frame.GetExit(); exit != nil {
			return out.String(), exit
		}
	}
}

func (s *sandbox) sh(script string) string {
	s.t.Helper()
	out, _ := s.exec(&bridgepb.ProcessStart{Argv: []string{"sh", "-c", script}})
	return strings.TrimSpace(out)
}

// wait returns the exit code of init and how long that took.
func (s *sandbox) wait() (int, time.Duration) {
	s.t.Helper()
	begin := time.Now()
	rest := ""
	select {
	case rest = <-s.more: // before Wait, which closes the pipe
	case <-time.After(patience):
		s.t.Fatal("it does not end")
	}
	if rest != "" {
		s.t.Errorf("more than the boot line on stdout: %q", rest)
	}
	_ = s.cmd.Wait()
	return s.cmd.ProcessState.ExitCode(), time.Since(begin)
}

// initPid is the pid, as seen here, of init: the wrapper's child, or the started process itself.
func (s *sandbox) initPid(wrapped bool) int {
	s.t.Helper()
	if !wrapped {
		return s.cmd.Process.Pid
	}
	return s.children(s.cmd.Process.Pid)[0]
}

func (s *sandbox) children(pid int) (pids []int) {
	s.t.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	if err != nil {
		s.t.Error(err)
	}
	for _, field := range strings.Fields(string(data)) {
		var child int
		fmt.Sscan(field, &child)
		pids = append(pids, child)
	}
	return pids
}

func (s *sandbox) kill(pid int, sig syscall.Signal) {
	s.t.Helper()
	if err := syscall.Kill(pid, sig); err != nil {
		s.t.Fatal(err)
	}
}

// namespace wraps a command so that it is PID 1, as in a container.
func namespace(t testing.TB, more ...string) []string {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("a PID namespace of its own needs root")
	}
	return append([]string{"unshare", "--pid", "--fork", "--mount-proc", "--kill-child"}, more...)
}

func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !condition(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
	}
}

func gone(pid int) bool {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err != nil || strings.Contains(string(data), ") Z ")
}
