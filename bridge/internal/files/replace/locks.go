package replace

import (
	"sync"

	"dev.warren/bridge/internal/files/at"
)

// Locks serialises changes of one directory entry within the bridge, so that between the check of
// a revision and the rename no other call of ours slips in. What other processes do it cannot see.
type Locks struct {
	mu   sync.Mutex
	held map[key]*entry
}

type key struct {
	dev, ino uint64
	name     string
}

type entry struct {
	mu    sync.Mutex
	users int
}

// Lock waits for the place and returns how to release it. Entries nobody uses are forgotten.
func (l *Locks) Lock(p at.Place) (unlock func()) {
	k := key{name: p.Name}
	if st, err := at.Fstat(p.Dir); err == nil {
		k.dev, k.ino = st.Dev, st.Ino
	}
	e := l.use(k)
	e.mu.Lock()
	return func() {
		e.mu.Unlock()
		l.drop(k, e)
	}
}

func (l *Locks) use(k key) *entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.held == nil {
		l.held = map[key]*entry{}
	}
	e := l.held[k]
	if e == nil {
		e = &entry{}
		l.held[k] = e
	}
	e.users++
	return e
}

func (l *Locks) drop(k key, e *entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e.users--; e.users == 0 {
		delete(l.held, k)
	}
}
