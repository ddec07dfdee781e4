package server

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"os"
	"sync/atomic"

	"golang.org/x/sys/unix"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/peer"
)

// connection is what we know about a client's connection.
type connection struct {
	credentials.CommonAuthInfo
	greeted atomic.Bool // its Hello has succeeded
}

func (*connection) AuthType() string { return "warren" }

// connectionOf finds the connection a call came in on.
func connectionOf(ctx context.Context) *connection {
	if p, ok := peer.FromContext(ctx); ok {
		if c, ok := p.AuthInfo.(*connection); ok {
			return c
		}
	}
	return nil
}

// peerRule decides who may talk to a unix socket.
type peerRule struct {
	isolated bool // we are in a PID namespace of our own
	uid      uint32
}

// ownPeerRule: with init as PID 1 the namespace is the sandbox's, and who is visible in it is a
// part of the sandbox.
func ownPeerRule() peerRule {
	return peerRule{isolated: os.Getppid() == 1 || os.Getpid() == 1, uid: uint32(os.Getuid())}
}

// allow accepts, in a sandbox, only who comes from outside: its pid does not exist in here and
// shows as 0. So a workload cannot put its own socket in our place and relay to us. On a bare
// host the peer must be our user, or root.
func (r peerRule) allow(peer unix.Ucred) error {
	if r.isolated {
		if peer.Pid != 0 {
			return fmt.Errorf("refused a connection from process %d inside the sandbox", peer.Pid)
		}
		return nil
	}
	if peer.Uid != r.uid && peer.Uid != 0 {
		return fmt.Errorf("refused a connection from user %d", peer.Uid)
	}
	return nil
}

// socketCredentials checks the peer of each unix connection before it says a word.
type socketCredentials struct {
	credentials.TransportCredentials // only the server side is used
	rule                             peerRule
}

func (s socketCredentials) ServerHandshake(conn net.Conn) (net.Conn, credentials.AuthInfo, error) {
	raw, err := conn.(*net.UnixConn).SyscallConn()
	if err != nil {
		return nil, nil, err
	}
	var cred *unix.Ucred
	if failed := raw.Control(func(fd uintptr) {
		cred, err = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
	}); failed != nil || err != nil {
		return nil, nil, fmt.Errorf("the peer of a connection cannot be told: %v %v", failed, err)
	}
	if err := s.rule.allow(*cred); err != nil {
		fmt.Fprintln(os.Stderr, "bridge:", err)
		return nil, nil, err
	}
	return conn, newConnection(), nil
}

func (s socketCredentials) Info() credentials.ProtocolInfo {
	return credentials.ProtocolInfo{SecurityProtocol: "unix"}
}
func (s socketCredentials) Clone() credentials.TransportCredentials { return s }

// tlsCredentials are grpc's, with our connection in place of theirs.
type tlsCredentials struct {
	credentials.TransportCredentials
}

func newTLSCredentials(config *tls.Config) credentials.TransportCredentials {
	return tlsCredentials{credentials.NewTLS(config)}
}

func (t tlsCredentials) ServerHandshake(conn net.Conn) (net.Conn, credentials.AuthInfo, error) {
	secured, _, err := t.TransportCredentials.ServerHandshake(conn)
	if err != nil {
		return nil, nil, err
	}
	return secured, newConnection(), nil
}

func newConnection() *connection {
	return &connection{CommonAuthInfo: credentials.CommonAuthInfo{SecurityLevel: credentials.PrivacyAndIntegrity}}
}
