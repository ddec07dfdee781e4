package process

import (
	"sync"
	"syscall"
	"time"

	"dev.warren/bridge/internal/bridgepb"
)

// ending is the bridge's decision to end a process, made once: the first cause counts.
type ending struct {
	cause bridgepb.ExitCause // unspecified at shutdown: the result then shows the signal
	now   chan struct{}      // closed to skip the rest of the grace
	once  sync.Once
	done  chan struct{} // closed when the tree is dead
}

func (e *ending) hurry() { e.once.Do(func() { close(e.now) }) }

// terminate ends the whole tree: SIGTERM, and SIGKILL after the grace. It returns at once. A
// process that has just ended by itself keeps its own result.
func (p *Process) terminate(cause bridgepb.ExitCause, grace time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.gone || p.ending != nil {
		return
	}
	e := &ending{cause: cause, now: make(chan struct{}), done: make(chan struct{})}
	p.ending = e
	go func() {
		defer close(e.done)
		if grace > 0 {
			p.askToEnd(e, grace)
		}
		p.kill()
	}()
}

// askToEnd returns when nothing of the tree is left, or the time is over. The leader is not reaped
// before terminate is done, so its pid is safe to use.
func (p *Process) askToEnd(e *ending, grace time.Duration) {
	tree := p.tree()
	if tree.Signal(syscall.SIGTERM) == 0 {
		_ = syscall.Kill(-p.child.Pid, syscall.SIGTERM) // no /proc
	}
	_ = syscall.Kill(-p.child.Pid, syscall.SIGCONT) // what is stopped cannot obey
	timer := time.NewTimer(grace)
	defer timer.Stop()
	left := p.exited
	for pause := time.Millisecond; ; pause = min(2*pause, 50*time.Millisecond) {
		select {
		case <-left:
			if tree.Empty() {
				return
			}
			left = nil // the leader is gone: its descendants have the rest of the grace
		case <-e.now:
			return
		case <-timer.C:
			return
		case <-afterIf(left == nil, pause):
			if tree.Empty() {
				return
			}
		}
	}
}

func afterIf(wanted bool, d time.Duration) <-chan time.Time {
	if !wanted {
		return nil
	}
	return time.After(d)
}

// kill ends the tree at once. With a group the kernel does it, whatever the tree tried; the scan
// catches what has moved out of the group.
func (p *Process) kill() {
	p.pid.RLock()
	defer p.pid.RUnlock()
	p.group.Kill()
	p.tree().Kill()
}

// signal sends a signal; it returns false when the process has ended.
func (p *Process) signal(sig syscall.Signal, scope bridgepb.SignalScope) bool {
	p.mu.Lock()
	p.killed = p.killed || sig == syscall.SIGKILL
	running := !p.gone
	p.mu.Unlock()
	tree := scope == bridgepb.SignalScope_SIGNAL_SCOPE_TREE
	switch {
	case tree && sig == syscall.SIGKILL:
		p.kill() // also what an ended process has left behind
		return running
	case !running && !tree:
		return false
	}
	p.pid.RLock()
	defer p.pid.RUnlock()
	switch {
	case tree:
		p.tree().Signal(sig)
	case p.reaped:
	case scope == bridgepb.SignalScope_SIGNAL_SCOPE_PROCESS:
		_ = syscall.Kill(p.child.Pid, sig)
	default:
		_ = syscall.Kill(-p.child.Pid, sig)
	}
	return running
}
