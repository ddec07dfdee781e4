package server

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/fault"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// running is a bridge served by this process.
type running struct {
	identity *Identity
	address  string
	signals  chan os.Signal
	done     chan error
}

func run(t *testing.T, o Options, creds credentials.TransportCredentials, id *Identity) *running {
	t.Helper()
	o.Root, o.StopGrace = t.TempDir(), time.Minute
	listener, err := o.listen()
	if err != nil {
		t.Fatal(err)
	}
	r := &running{identity: id, address: listener.Addr().String(), signals: make(chan os.Signal, 2), done: make(chan error, 1)}
	services, err := newService(o, peerRule{}, id)
	if err != nil {
		t.Fatal(err)
	}
	go func() { r.done <- serve(services, creds, listener, r.signals, o.StopGrace) }()
	t.Cleanup(func() {
		r.signals <- syscall.SIGQUIT
		if err := <-r.done; err != nil {
			t.Error(err)
		}
	})
	return r
}

func runUnix(t *testing.T) *running {
	t.Helper()
	dir, err := os.MkdirTemp("", "w")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	id, err := NewIdentity("sandbox-1")
	if err != nil {
		t.Fatal(err)
	}
	o := Options{SandboxID: "sandbox-1", Network: "unix", Address: filepath.Join(dir, "s"), Version: "1.2.3"}
	return run(t, o, socketCredentials{rule: peerRule{uid: uint32(os.Getuid())}}, id)
}

func dial(t *testing.T, target string, creds credentials.TransportCredentials) bridgepb.ContainerServiceClient {
	t.Helper()
	conn, err := grpc.NewClient(target, grpc.WithTransportCredentials(creds))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return bridgepb.NewContainerServiceClient(conn)
}

func (r *running) dial(t *testing.T) bridgepb.ContainerServiceClient {
	t.Helper()
	return dial(t, "unix:"+r.address, insecure.NewCredentials())
}

func hello(nonce []byte) *bridgepb.HelloRequest {
	return &bridgepb.HelloRequest{ProtocolVersion: 1, SandboxId: "sandbox-1", Nonce: nonce}
}

func newNonce() []byte {
	nonce := make([]byte, 32)
	_, _ = rand.Read(nonce)
	return nonce
}

func TestHelloProvesWhoAnswers(t *testing.T) {
	r := runUnix(t)
	nonce := newNonce()
	got, err := r.dial(t).Hello(t.Context(), hello(nonce))
	if err != nil {
		t.Fatal(err)
	}
	if got.SandboxId != "sandbox-1" || got.Instance != r.identity.Instance || got.BridgeVersion != "1.2.3" || got.BootUnixMillis == 0 {
		t.Errorf("got %v", got)
	}
	if sum := sha256.Sum256(got.PublicKey); "sha256:"+hex.EncodeToString(sum[:]) != r.identity.Fingerprint() {
		t.Error("the key is not the one on the boot line")
	}
	key, err := x509.ParsePKIXPublicKey(got.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	signed := sha256.Sum256([]byte("warren-hello-v1\x00sandbox-1\x00" + got.Instance + "\x00" + string(nonce)))
	if !ecdsa.VerifyASN1(key.(*ecdsa.PublicKey), signed[:], got.Signature) {
		t.Error("the signature is wrong")
	}
}

func TestHelloRefuses(t *testing.T) {
	r := runUnix(t)
	for want, request := range map[string]*bridgepb.HelloRequest{
		"FailedPrecondition WRONG_SANDBOX":    {ProtocolVersion: 1, SandboxId: "sandbox-2", Nonce: newNonce()},
		"FailedPrecondition PROTOCOL_VERSION": {ProtocolVersion: 2, SandboxId: "sandbox-1", Nonce: newNonce()},
		"InvalidArgument ":                    {ProtocolVersion: 1, SandboxId: "sandbox-1", Nonce: []byte("short")},
	} {
		client := r.dial(t)
		var trailer metadata.MD
		_, err := client.Hello(t.Context(), request, grpc.Trailer(&trailer))
		if got := status.Code(err).String() + " " + strings.Join(trailer.Get(fault.Trailer), ""); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		// A refused Hello opens nothing.
		if _, err := client.ListProcesses(t.Context(), &bridgepb.ListProcessesRequest{}); status.Code(err).String() != "FailedPrecondition" {
			t.Errorf("after %q: %v", want, err)
		}
	}
}

func TestEachConnectionMustSayHello(t *testing.T) {
	r := runUnix(t)
	greeted, silent := r.dial(t), r.dial(t)
	if _, err := greeted.Hello(t.Context(), hello(newNonce())); err != nil {
		t.Fatal(err)
	}
	if _, err := greeted.ListProcesses(t.Context(), &bridgepb.ListProcessesRequest{}); err != nil {
		t.Error(err)
	}
	if _, err := silent.ListProcesses(t.Context(), &bridgepb.ListProcessesRequest{}); status.Code(err).String() != "FailedPrecondition" {
		t.Errorf("got %v", err)
	}
	stream, err := silent.Exec(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := stream.Recv(); status.Code(err).String() != "FailedPrecondition" {
		t.Errorf("got %v", err)
	}
}

func TestStoppingTakesNoLongerThanTheWorkload(t *testing.T) {
	r := runUnix(t)
	client := r.dial(t)
	if _, err := client.Hello(t.Context(), hello(newNonce())); err != nil {
		t.Fatal(err)
	}
	stream, err := client.Exec(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_ = stream.Send(&bridgepb.ProcessInput{Frame: &bridgepb.ProcessInput_Start{Start: &bridgepb.ProcessStart{
		ProcessId: "p", Argv: []string{"sh", "-c", `trap 'echo bye; exit 3' TERM; echo up; while :; do sleep 0.02; done`}}}})
	var seen []byte
	begin := time.Now()
	for {
		frame, err := stream.Recv()
		if err != nil {
			t.Fatal(err)
		}
		seen = append(seen, frame.GetOutput().GetData()...)
		if bytes.Equal(seen, []byte("up\n")) {
			r.signals <- syscall.SIGTERM
			begin, seen = time.Now(), append(seen, '.')
		}
		if exit := frame.GetExit(); exit != nil {
			// Its own end, seen by the client although the server is going down.
			if exit.ExitCode != 3 || exit.Cause != bridgepb.ExitCause_EXIT_CAUSE_EXITED || !bytes.HasSuffix(seen, []byte("bye\n")) {
				t.Errorf("exit %v after %q", exit, seen)
			}
			break
		}
	}
	if err := <-r.done; err != nil || time.Since(begin) > 10*time.Second {
		t.Errorf("stopped after %v: %v", time.Since(begin), err)
	}
	r.done <- nil // for the cleanup
}

func TestAStaleSocketIsReplacedAndNothingElse(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "s")
	o := Options{Network: "unix", Address: path}
	first, err := o.listen()
	if err != nil {
		t.Fatal(err)
	}
	first.Close()
	second, err := o.listen()
	if err != nil {
		t.Fatalf("over a stale socket: %v", err)
	}
	defer second.Close()
	if info, _ := os.Lstat(path); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	target := filepath.Join(dir, "file")
	if err := os.WriteFile(target, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	for _, occupied := range []string{target, link} {
		if _, err := (Options{Network: "unix", Address: occupied}).listen(); err == nil {
			t.Errorf("%s was replaced", occupied)
		}
	}
}

func TestAPanicIsAnErrorOfItsCallOnly(t *testing.T) {
	g := newGate()
	info := &grpc.UnaryServerInfo{FullMethod: bridgepb.ContainerService_Hello_FullMethodName}
	_, err := g.unary(context.Background(), nil, info, func(context.Context, any) (any, error) { panic("secret") })
	if status.Code(err).String() != "Internal" || strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v", err)
	}
	if g.active.Load() != 0 {
		t.Error("the call still counts")
	}
}
