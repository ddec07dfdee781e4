// Package journal keeps the output of a process until its client has acknowledged it, in bounded
// memory.
//
// The bound: at most Options.Bytes in both streams together, one chunk of 64 KiB more per stream
// for a read under way, and in lines mode one line of Options.MaxLine being assembled and one in
// the journal.
package journal

import "sync"

// Stream numbers an output stream.
type Stream int

// The streams of a process. With a terminal everything is on Stdout.
const (
	Stdout Stream = 0
	Stderr Stream = 1
)

// Options of a journal.
type Options struct {
	Bytes int
	// Lines frames stdout into lines. Stderr then never blocks: it loses its oldest bytes instead,
	// because a server that waits on stderr stops answering on stdout.
	Lines bool
	// DropOldest loses the oldest bytes instead of blocking while nobody is attached.
	DropOldest bool
	// Wake is called, without a lock, whenever there is something new to send.
	Wake func()
}

// Journal is safe for one pump per stream and any number of readers.
type Journal struct {
	options  Options
	mu       sync.Mutex
	room     sync.Cond // space was freed, or the policy changed
	streams  [2]stream
	attached bool
	discard  bool
	tail     tail
}

// New returns an empty journal.
func New(options Options) *Journal {
	j := &Journal{options: options}
	j.room.L = &j.mu
	j.streams[Stdout].lines = options.Lines
	return j
}

// free returns how much more the stream may hold. Streams share the budget unless
// stderr is lossy: then it has a quarter for itself.
func (j *Journal) free(s Stream) int {
	if !j.options.Lines {
		return j.options.Bytes - j.streams[Stdout].held - j.streams[Stderr].held
	}
	limit := j.options.Bytes / 4
	if s == Stdout {
		limit = j.options.Bytes - limit
	}
	return limit - j.streams[s].held
}

func (j *Journal) lossy(s Stream) bool {
	return j.options.Lines && s == Stderr || j.options.DropOldest && !j.attached
}

// waitRoom returns how many bytes the stream may take now; -1 when its bytes are to be discarded.
// An empty stream may always take some, whatever the other one holds.
func (j *Journal) waitRoom(s Stream) int {
	for {
		free := j.free(s)
		switch {
		case j.discard:
			return -1
		case j.lossy(s):
			return largeChunk
		case free > 0:
			return free
		case j.streams[s].held == 0:
			return smallChunk
		}
		j.room.Wait()
	}
}

// Reserve waits until the stream may take bytes and returns the buffer to read them into; Commit
// must follow. It returns nil when the output is to be discarded.
func (j *Journal) Reserve(s Stream) []byte {
	j.mu.Lock()
	defer j.mu.Unlock()
	room := j.waitRoom(s)
	if room < 0 {
		return nil
	}
	space := j.streams[s].space()
	return space[:min(len(space), room)]
}

// Commit adds the n bytes that were read into the reserved buffer.
func (j *Journal) Commit(s Stream, buffer []byte, n int) {
	if n == 0 {
		return
	}
	j.mu.Lock()
	if s == Stderr {
		j.tail.write(buffer[:n])
	}
	j.streams[s].extend(n)
	if j.discard {
		j.streams[s].release(j.streams[s].end)
	}
	j.trim(s)
	j.mu.Unlock()
	j.options.Wake()
}

// Put adds whole lines. It waits for room, but an empty stream takes a line of any length.
func (j *Journal) Put(record []byte) {
	j.add(func(s *stream) { s.put(record) })
}

// PutLong adds a line of which only the ends were kept.
func (j *Journal) PutLong(line LongLine) {
	j.add(func(s *stream) { s.putLong(line) })
}

func (j *Journal) add(write func(*stream)) {
	j.mu.Lock()
	if j.waitRoom(Stdout) >= 0 {
		write(&j.streams[Stdout])
		j.trim(Stdout)
	}
	j.mu.Unlock()
	j.options.Wake()
}

// trim drops what is too much where dropping is the policy; the newest bytes stay.
func (j *Journal) trim(s Stream) {
	if !j.lossy(s) {
		return
	}
	victim := &j.streams[s]
	if other := &j.streams[1-s]; !j.options.Lines && other.held > victim.held {
		victim = other
	}
	if over := -j.free(s); over > 0 {
		victim.drop(over)
	}
}

// LetGo drops the oldest bytes from now on instead of blocking: the client will not come back.
func (j *Journal) LetGo() {
	j.mu.Lock()
	j.options.DropOldest = true
	j.mu.Unlock()
	j.room.Broadcast()
}

// SetAttached says whether a client is there, which decides between blocking and dropping.
func (j *Journal) SetAttached(attached bool) {
	j.mu.Lock()
	j.attached = attached
	j.mu.Unlock()
	j.room.Broadcast()
}

// Discard empties the journal and lets everything that still comes go nowhere.
func (j *Journal) Discard() {
	j.mu.Lock()
	j.discard = true
	for s := range j.streams {
		j.streams[s].release(j.streams[s].end)
		j.streams[s].spare = nil
	}
	j.mu.Unlock()
	j.room.Broadcast()
}

// Ack forgets what the client has consumed.
func (j *Journal) Ack(stdout, stderr int64) {
	j.mu.Lock()
	j.streams[Stdout].release(stdout)
	j.streams[Stderr].release(stderr)
	j.mu.Unlock()
	j.room.Broadcast()
}

// Written returns how many bytes the process has written to each stream.
func (j *Journal) Written() (stdout, stderr int64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.streams[Stdout].end, j.streams[Stderr].end
}

// Held returns the bytes of memory that are in use.
func (j *Journal) Held() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.streams[Stdout].held + j.streams[Stderr].held
}

// StderrTail returns the end of stderr, at most 8 KiB of whole characters.
func (j *Journal) StderrTail() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.tail.text()
}
