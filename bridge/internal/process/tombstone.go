package process

import (
	"slices"
	"time"
)

// bury remembers a process that has ended, and forgets others where there are too many. Those
// whose end was delivered go first, so that a burst of short commands does not push out the one
// whose client is still reconnecting.
func (m *Manager) bury(p *Process) {
	m.mu.Lock()
	if m.byID[p.id] == p {
		m.ended = append(m.ended, p)
	}
	victims := m.excessLocked()
	m.mu.Unlock()
	for _, v := range victims {
		v.journal.Discard()
	}
}

func (m *Manager) excessLocked() (victims []*Process) {
	bytes := 0
	for _, p := range m.ended {
		bytes += p.journal.Held()
	}
	for _, deliveredOnly := range []bool{true, false} {
		for i := 0; i < len(m.ended) && (len(m.ended) > maxEnded || bytes > maxEndedBytes); {
			p := m.ended[i]
			if attached, delivered := p.attendance(); attached || deliveredOnly && !delivered {
				i++
				continue
			}
			bytes -= p.journal.Held()
			victims = append(victims, p)
			m.forgetLocked(p)
		}
	}
	return victims
}

func (m *Manager) forgetLocked(p *Process) {
	if m.byID[p.id] == p { // not a later one of the same id
		delete(m.byID, p.id)
	}
	if i := slices.Index(m.ended, p); i >= 0 {
		m.ended = slices.Delete(m.ended, i, i+1)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.forgotten = true
	if p.expiry != nil {
		p.expiry.Stop() // it would keep the process in memory
	}
}

// expire forgets a process whose leader ended long ago, unless somebody is still reading it.
func (m *Manager) expire(p *Process) {
	m.mu.Lock()
	if attached, _ := p.attendance(); attached {
		p.expireAfter(retentionDelivered)
		m.mu.Unlock()
		return
	}
	m.forgetLocked(p)
	m.mu.Unlock()
	p.journal.Discard()
}

// expireAfter starts the clock at the end of the leader: from then on the process is worth
// remembering only for its result.
func (p *Process) expireAfter(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.forgotten {
		return
	}
	if p.expiry == nil {
		p.expiry = time.AfterFunc(d, func() { p.manager.expire(p) })
		return
	}
	p.expiry.Reset(d)
}
