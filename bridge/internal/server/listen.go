package server

import (
	"fmt"
	"io/fs"
	"net"
	"os"
	"syscall"
)

func (o Options) listen() (net.Listener, error) {
	if o.Network == "tcp" {
		return net.Listen("tcp", o.Address)
	}
	if err := removeStale(o.Address); err != nil {
		return nil, err
	}
	// Nothing is started yet, so the process-wide mask can be borrowed: the socket must never be
	// open to others, not even until a chmod.
	mask := syscall.Umask(0o177)
	listener, err := net.Listen("unix", o.Address)
	syscall.Umask(mask)
	if err != nil {
		return nil, err
	}
	// By then the path may be somebody else's.
	listener.(*net.UnixListener).SetUnlinkOnClose(false)
	return listener, nil
}

// removeStale removes a socket a former boot has left, and nothing else.
func removeStale(path string) error {
	info, err := os.Lstat(path)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if info.Mode().Type() != fs.ModeSocket {
		return fmt.Errorf("--listen unix:%s: there is something that is not a socket; remove it", path)
	}
	return os.Remove(path)
}

func (o Options) shown(l net.Listener) string {
	if o.Network == "tcp" {
		return "tcp:" + l.Addr().String()
	}
	return "unix:" + o.Address
}
