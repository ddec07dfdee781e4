package server

import (
	"testing"

	"golang.org/x/sys/unix"
)

func TestWhoMayConnect(t *testing.T) {
	sandbox := peerRule{isolated: true, uid: 0}
	host := peerRule{uid: 1000}
	cases := []struct {
		name string
		rule peerRule
		peer unix.Ucred
		want bool
	}{
		{"the host of a sandbox", sandbox, unix.Ucred{Pid: 0, Uid: 0}, true},
		{"the host of a sandbox, another user", sandbox, unix.Ucred{Pid: 0, Uid: 1000}, true},
		{"the workload, though root", sandbox, unix.Ucred{Pid: 17, Uid: 0}, false},
		{"our user", host, unix.Ucred{Pid: 17, Uid: 1000}, true},
		{"root", host, unix.Ucred{Pid: 17, Uid: 0}, true},
		{"another user", host, unix.Ucred{Pid: 17, Uid: 1001}, false},
	}
	for _, c := range cases {
		if err := c.rule.allow(c.peer); (err == nil) != c.want {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
