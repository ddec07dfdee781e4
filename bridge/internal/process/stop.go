package process

import (
	"sync"
	"time"

	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/proctree"
)

// Stop ends everything: SIGTERM, and SIGKILL after the grace or when hurry is closed. It returns
// as soon as nothing runs any more, and starts nothing from now on.
func (m *Manager) Stop(grace time.Duration, hurry <-chan struct{}) {
	m.mu.Lock()
	m.stopping = true
	m.mu.Unlock()
	var wait sync.WaitGroup
	for _, p := range m.all() {
		p.terminate(bridgepb.ExitCause_EXIT_CAUSE_UNSPECIFIED, grace)
		wait.Go(func() { p.awaitEnd(hurry) })
	}
	wait.Wait()
	// What ended processes have left behind, as far as it still knows whose child it is.
	proctree.Tree{Markers: []string{"WARREN_INSTANCE=" + m.config.Instance}}.Kill()
	m.config.Cgroup.Sweep(100 * time.Millisecond)
}

func (p *Process) awaitEnd(hurry <-chan struct{}) {
	p.mu.Lock()
	e := p.ending
	p.mu.Unlock()
	if e == nil {
		return // it has ended by itself
	}
	select {
	case <-e.done:
	case <-hurry:
		e.hurry()
		<-e.done
	}
}
