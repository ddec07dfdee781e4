package proctree

import (
	"syscall"
	"time"
)

// Tree names a leader and what it has started.
type Tree struct {
	// Leader is the pid, which must not have been reaped yet; 0 when it has been, and then only
	// markers count.
	Leader  int
	Markers []string
}

// members returns the live processes of the tree.
func (t Tree) members() []entry {
	all := scan()
	in := make(map[int]bool, 8)
	var since uint64
	for _, e := range all {
		if t.Leader > 0 && (e.pid == t.Leader || e.session == t.Leader || e.group == t.Leader) {
			in[e.pid] = true
		}
		if e.pid == t.Leader {
			since = e.start
		}
	}
	closure(all, in)
	for _, e := range all {
		if !in[e.pid] && !e.dead && e.start >= since && hasMarkers(e.pid, t.Markers) {
			in[e.pid] = true
		}
	}
	closure(all, in)
	alive := all[:0]
	for _, e := range all {
		if in[e.pid] && !e.dead {
			alive = append(alive, e)
		}
	}
	return alive
}

// closure adds the descendants of what is in the set.
func closure(all []entry, in map[int]bool) {
	for grown := true; grown; {
		grown = false
		for _, e := range all {
			if !in[e.pid] && in[e.parent] {
				in[e.pid], grown = true, true
			}
		}
	}
}

// Empty reports whether nothing of the tree is alive.
func (t Tree) Empty() bool { return len(t.members()) == 0 }

// Signal sends a signal to every live member and returns how many there were.
func (t Tree) Signal(sig syscall.Signal) int {
	members := t.members()
	for _, e := range members {
		e.signal(sig)
	}
	return len(members)
}

const (
	freezePasses = 64
	killPatience = 2 * time.Second
)

// Kill ends the tree. Members are stopped first, pass by pass until no new one turns up, so that
// nothing can fork away between being found and being killed. It returns whether all are gone.
func (t Tree) Kill() bool {
	if t.Leader > 0 {
		// Works without /proc, and is all that most trees need.
		_ = syscall.Kill(-t.Leader, syscall.SIGKILL)
	}
	t.freeze()
	deadline := time.Now().Add(killPatience)
	for pause := time.Millisecond; ; pause = min(2*pause, 50*time.Millisecond) {
		if t.Signal(syscall.SIGKILL) == 0 {
			return true
		}
		if time.Now().After(deadline) {
			return false
		}
		time.Sleep(pause)
	}
}

func (t Tree) freeze() {
	stopped := make(map[int]uint64)
	for range freezePasses {
		fresh := 0
		for _, e := range t.members() {
			if start, ok := stopped[e.pid]; !ok || start != e.start {
				e.signal(syscall.SIGSTOP)
				stopped[e.pid] = e.start
				fresh++
			}
		}
		if fresh == 0 {
			return
		}
	}
}
