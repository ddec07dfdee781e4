package process

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/fault"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

const patience = 20 * time.Second

// bridge is the process section of a bridge, on a unix socket.
type bridge struct {
	t       *testing.T
	manager *Manager
	client  bridgepb.ContainerServiceClient
	root    string
}

type onlyProcesses struct {
	unimplemented
	*Service
}

type unimplemented struct {
	bridgepb.UnimplementedContainerServiceServer
}

var instances atomic.Int64

func newBridge(t *testing.T, change ...func(*Config)) *bridge {
	t.Helper()
	config := Config{Root: t.TempDir(), Env: os.Environ(), Instance: fmt.Sprintf("test-%d-%d", os.Getpid(), instances.Add(1))}
	for _, c := range change {
		c(&config)
	}
	b := &bridge{t: t, manager: NewManager(config), root: config.Root}
	server := grpc.NewServer(grpc.UnaryInterceptor(fault.Unary), grpc.StreamInterceptor(fault.Stream))
	bridgepb.RegisterContainerServiceServer(server, &onlyProcesses{Service: NewService(b.manager)})
	dir, err := os.MkdirTemp("", "w") // t.TempDir can be too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("unix", filepath.Join(dir, "s"))
	if err != nil {
		t.Fatal(err)
	}
	go server.Serve(listener)
	b.client = b.connect(filepath.Join(dir, "s"))
	t.Cleanup(func() {
		b.manager.Stop(0, nil)
		server.Stop()
		os.RemoveAll(dir)
	})
	return b
}

func (b *bridge) connect(socket string) bridgepb.ContainerServiceClient {
	conn, err := grpc.NewClient("unix:"+socket, grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(64<<20)))
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { conn.Close() })
	return bridgepb.NewContainerServiceClient(conn)
}

type processStream = grpc.BidiStreamingClient[bridgepb.ProcessInput, bridgepb.ProcessOutput]

// client is one stream to a process, with everything it has received.
type client struct {
	t        *testing.T
	stream   processStream
	cancel   context.CancelFunc
	attached *bridgepb.Attached
	frames   []*bridgepb.ProcessOutput
	out      [3]strings.Builder // by Stream
	noAck    bool
	exit     *bridgepb.Exit
	accepted *bridgepb.StdinAccepted
}

func (b *bridge) open(attach bool, first *bridgepb.ProcessInput) (*client, error) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	b.t.Cleanup(cancel)
	call := b.client.Exec
	if attach {
		call = b.client.Attach
	}
	stream, err := call(ctx)
	if err != nil {
		b.t.Fatal(err)
	}
	c := &client{t: b.t, stream: stream, cancel: cancel}
	_ = stream.Send(first)
	frame, err := stream.Recv()
	if err != nil {
		return c, err
	}
	if c.attached = frame.GetAttached(); c.attached == nil {
		b.t.Fatalf("the first frame is %v", frame)
	}
	return c, nil
}

func (b *bridge) start(r *bridgepb.ProcessStart) *client {
	b.t.Helper()
	c, err := b.tryStart(r)
	if err != nil {
		b.t.Fatalf("start %v: %v", r.Argv, err)
	}
	return c
}

var ids atomic.Int64

func (b *bridge) tryStart(r *bridgepb.ProcessStart) (*client, error) {
	b.t.Helper()
	if r.ProcessId == "" {
		r.ProcessId = fmt.Sprintf("p%d", ids.Add(1))
	}
	return b.open(false, &bridgepb.ProcessInput{Frame: &bridgepb.ProcessInput_Start{Start: r}})
}

func (b *bridge) attach(r *bridgepb.ProcessAttach) *client {
	b.t.Helper()
	c, err := b.tryAttach(r)
	if err != nil {
		b.t.Fatalf("attach %s: %v", r.ProcessId, err)
	}
	return c
}

func (b *bridge) tryAttach(r *bridgepb.ProcessAttach) (*client, error) {
	b.t.Helper()
	return b.open(true, &bridgepb.ProcessInput{Frame: &bridgepb.ProcessInput_Attach{Attach: r}})
}

func sh(script string) *bridgepb.ProcessStart {
	return &bridgepb.ProcessStart{Argv: []string{"sh", "-c", script}}
}

// next receives one frame and acknowledges output.
func (c *client) next() (*bridgepb.ProcessOutput, error) {
	frame, err := c.stream.Recv()
	if err != nil {
		return nil, err
	}
	c.frames = append(c.frames, frame)
	switch f := frame.Frame.(type) {
	case *bridgepb.ProcessOutput_Output:
		c.out[f.Output.Stream].Write(f.Output.Data)
		if end := f.Output.Offset + int64(len(f.Output.Data)); !c.noAck {
			ack := &bridgepb.Ack{StdoutOffset: end}
			if f.Output.Stream == bridgepb.Stream_STREAM_STDERR {
				ack = &bridgepb.Ack{StderrOffset: end}
			}
			c.send(&bridgepb.ProcessInput{Frame: &bridgepb.ProcessInput_Ack{Ack: ack}})
		}
	case *bridgepb.ProcessOutput_StdinAccepted:
		c.accepted = f.StdinAccepted
	case *bridgepb.ProcessOutput_Exit:
		c.exit = f.Exit
	}
	return frame, nil
}

func (c *client) send(in *bridgepb.ProcessInput) { _ = c.stream.Send(in) }

func (c *client) stdin(offset int64, data string) {
	c.send(&bridgepb.ProcessInput{Frame: &bridgepb.ProcessInput_Stdin{Stdin: &bridgepb.StdinData{Offset: offset, Data: []byte(data)}}})
}

func (c *client) closeStdin(offset int64) {
	c.send(&bridgepb.ProcessInput{Frame: &bridgepb.ProcessInput_StdinClose{StdinClose: &bridgepb.StdinClose{Offset: offset}}})
}

// until receives until the condition holds.
func (c *client) until(what string, condition func() bool) {
	c.t.Helper()
	for !condition() {
		if _, err := c.next(); err != nil {
			c.t.Fatalf("waiting for %s: %v; stdout %q stderr %q", what, err, c.stdout(), c.stderr())
		}
	}
}

func (c *client) untilStdout(text string) {
	c.t.Helper()
	c.until(fmt.Sprintf("%q", text), func() bool { return strings.Contains(c.stdout(), text) })
}

func (c *client) stdout() string { return c.out[bridgepb.Stream_STREAM_STDOUT].String() }
func (c *client) stderr() string { return c.out[bridgepb.Stream_STREAM_STDERR].String() }

// finish receives to the end and returns the exit, which must be the last frame.
func (c *client) finish() *bridgepb.Exit {
	c.t.Helper()
	c.until("the exit", func() bool { return c.exit != nil })
	if frame, err := c.stream.Recv(); err != io.EOF {
		c.t.Fatalf("after the exit came %v, %v", frame, err)
	}
	return c.exit
}

func (c *client) wantExit(cause bridgepb.ExitCause, code int32) *bridgepb.Exit {
	c.t.Helper()
	exit := c.finish()
	if exit.Cause != cause || exit.ExitCode != code {
		c.t.Fatalf("ended with %v %d (signal %d), want %v %d; stderr %q", exit.Cause, exit.ExitCode, exit.Signal, cause, code, c.stderr())
	}
	return exit
}

// wantError checks the status and the reason of a stream that has failed.
func (c *client) wantError(err error, code, reason string) {
	c.t.Helper()
	for err == nil { // after whatever else comes first
		_, err = c.stream.Recv()
	}
	var got string
	if values := metadata.MD(c.stream.Trailer()).Get(fault.Trailer); len(values) > 0 {
		got = values[0]
	}
	if status.Code(err).String() != code || got != reason {
		c.t.Fatalf("got %v (%v) %q, want %s %q", status.Code(err), err, got, code, reason)
	}
}

// eventually polls until the condition holds.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !condition(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
	}
}
