package process

import (
	"syscall"
	"time"

	"dev.warren/bridge/internal/bridgepb"
)

// watch sees the process through its end. The leader stays a zombie until its tree is dealt with,
// so that its pid, group and session cannot mean anybody else meanwhile.
func (p *Process) watch() {
	p.child.Wait()
	duration := time.Since(p.started)
	p.mu.Lock()
	p.gone = true
	ending := p.ending
	p.mu.Unlock()
	close(p.exited)
	if p.timeout != nil {
		p.timeout.Stop()
	}
	switch {
	case ending != nil:
		<-ending.done
	case p.request.KillDescendantsOnExit:
		p.kill()
	}
	p.pid.Lock()
	status := p.child.Reap()
	p.reaped = true
	p.pid.Unlock()

	p.expireAfter(retention)
	p.input.stop()
	p.drain()
	p.finish(p.result(status, duration))
}

// drain waits for the rest of the output: to its end, or for a moment where descendants hold it.
func (p *Process) drain() {
	deadline := time.Now().Add(drainGrace)
	_ = p.child.Stdout.SetReadDeadline(deadline)
	if p.child.Stderr != nil {
		_ = p.child.Stderr.SetReadDeadline(deadline)
	}
	p.pumps.Wait()
}

func (p *Process) result(status syscall.WaitStatus, duration time.Duration) *bridgepb.Exit {
	p.mu.Lock()
	defer p.mu.Unlock()
	stdout, stderr := p.journal.Written()
	exit := &bridgepb.Exit{
		DurationMillis: duration.Milliseconds(), StdoutBytes: stdout, StderrBytes: stderr,
		StderrTail: p.journal.StderrTail(), OutputHeld: p.held,
	}
	if status.Signaled() {
		exit.Signal = int32(status.Signal())
		exit.ExitCode = 128 + exit.Signal
		exit.Cause = bridgepb.ExitCause_EXIT_CAUSE_SIGNALLED
	} else {
		exit.ExitCode = int32(status.ExitStatus())
		exit.Cause = bridgepb.ExitCause_EXIT_CAUSE_EXITED
	}
	switch {
	case p.ending != nil && p.ending.cause != bridgepb.ExitCause_EXIT_CAUSE_UNSPECIFIED:
		exit.Cause = p.ending.cause
		if !status.Signaled() {
			// It obeyed the SIGTERM with a code of its own. That code is not a result: a program that
			// was cut short and says 0 has not succeeded.
			exit.ExitCode = 128 + int32(syscall.SIGTERM)
		}
	case exit.Signal == int32(syscall.SIGKILL) && p.ending == nil && !p.killed && p.manager.config.OOM.Count() > p.oomBefore:
		exit.Cause = bridgepb.ExitCause_EXIT_CAUSE_OUT_OF_MEMORY
	}
	return exit
}

// finish publishes the end. From here on the process is a tombstone.
func (p *Process) finish(exit *bridgepb.Exit) {
	p.mu.Lock()
	p.exit = exit
	if p.abandon != nil {
		p.abandon.Stop()
	}
	for s := range p.observers {
		s.wake()
	}
	p.mu.Unlock()
	p.wake()
	p.group.Remove()
	p.manager.bury(p)
	p.settle()
}
