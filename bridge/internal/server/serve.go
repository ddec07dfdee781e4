package server

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/fault"
	"dev.warren/bridge/internal/process"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/keepalive"
)

// Run serves until a signal ends it. The one line on out tells the host that, and how, it can be
// reached.
func Run(o Options, out io.Writer) error {
	rule := ownPeerRule()
	identity, err := NewIdentity(o.SandboxID)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(o.Root, 0o755); err != nil {
		return fmt.Errorf("--root: %w", err)
	}
	var creds credentials.TransportCredentials = socketCredentials{rule: rule}
	if o.Network == "tcp" {
		config, err := identity.tlsConfig(o.ClientCA)
		if err != nil {
			return err
		}
		creds = newTLSCredentials(config)
	}
	services, err := newService(o, rule, identity)
	if err != nil {
		return err
	}
	listener, err := o.listen()
	if err != nil {
		return fmt.Errorf("--listen: %w", err)
	}
	if err := announce(out, identity, o.shown(listener)); err != nil {
		return err
	}
	// After the line, for which the host waits, and before there is anything to end in order.
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGHUP, syscall.SIGUSR1, syscall.SIGUSR2)
	return serve(services, creds, listener, signals, o.StopGrace)
}

func serve(s *service, creds credentials.TransportCredentials, l net.Listener, signals <-chan os.Signal, grace time.Duration) error {
	gate := newGate()
	server := newServer(creds, gate, s.alias)
	bridgepb.RegisterContainerServiceServer(server, s)
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	for {
		select {
		case err := <-failed:
			return fmt.Errorf("accept connections: %w", err)
		case sig := <-signals:
			if ends(sig) {
				stop(server, gate, s.manager, graceFor(sig, grace), signals)
				return nil
			}
		}
	}
}

// ends tells the signals that mean stop from those that init only passes on.
func ends(sig os.Signal) bool {
	return sig == syscall.SIGTERM || sig == syscall.SIGINT || sig == syscall.SIGQUIT
}

func graceFor(sig os.Signal, grace time.Duration) time.Duration {
	if sig == syscall.SIGQUIT {
		return 0
	}
	return grace
}

// stop ends the processes first, so that clients get to see their ends, then the server. It takes
// as long as the workload needs; another one of them cuts the grace short.
func stop(server *grpc.Server, gate *gate, manager *process.Manager, grace time.Duration, signals <-chan os.Signal) {
	gate.stopping.Store(true)
	hurry := make(chan struct{})
	go func() {
		for !ends(<-signals) {
		}
		close(hurry)
	}()
	manager.Stop(grace, hurry)
	gate.drain(300 * time.Millisecond)
	server.Stop()
}

func newServer(creds credentials.TransportCredentials, gate *gate, alias alias) *grpc.Server {
	const window = 8 << 20 // of a stream and of a connection, for bulk uploads
	return grpc.NewServer(
		grpc.Creds(creds),
		grpc.MaxRecvMsgSize(16<<20),
		grpc.MaxConcurrentStreams(4096),
		grpc.StaticStreamWindowSize(window), grpc.StaticConnWindowSize(window),
		grpc.SharedWriteBuffer(true),
		grpc.ConnectionTimeout(10*time.Second),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: 5 * time.Second, PermitWithoutStream: true}),
		grpc.KeepaliveParams(keepalive.ServerParameters{Time: 60 * time.Second, Timeout: 20 * time.Second}),
		grpc.ChainUnaryInterceptor(fault.Unary, gate.unary, alias.unary),
		grpc.ChainStreamInterceptor(fault.Stream, gate.stream, alias.stream),
	)
}

// announce prints the boot line. Nothing else is ever printed there.
func announce(out io.Writer, identity *Identity, listen string) error {
	line, err := json.Marshal(struct {
		Warren   string `json:"warren"`
		Protocol int    `json:"protocol"`
		Sandbox  string `json:"sandbox"`
		Instance string `json:"instance"`
		Key      string `json:"key"`
		Listen   string `json:"listen"`
	}{"boot", ProtocolVersion, identity.SandboxID, identity.Instance, identity.Fingerprint(), listen})
	if err != nil {
		return err
	}
	_, err = out.Write(append(line, '\n'))
	return err
}
