package process

import (
	"sync"
	"time"

	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/fault"
	"dev.warren/bridge/internal/spawn"
	"google.golang.org/grpc/codes"
)

const (
	inputPiece  = 64 << 10
	mostWaiting = 4 * stdinWindow
)

// input carries stdin. Clients send at most stdinWindow bytes beyond what was accepted, that is
// written to the process, so the queue is bounded and receiving never waits for a slow reader.
// It outlives clients: what was received is not lost with a connection.
type input struct {
	child *spawn.Child
	wake  func()

	mu       sync.Mutex
	changed  sync.Cond
	queue    [][]byte
	received int64
	accepted int64
	base     int64 // where the present client began; its window counts from there at least
	closing  bool  // the client has sent everything
	broken   bool  // the process does not want any more
}

func newInput(p *Process) *input {
	in := &input{child: p.child, wake: p.wake}
	in.changed.L = &in.mu
	return in
}

// offer takes stdin from a client and skips what was received before.
func (in *input) offer(offset int64, data []byte) error {
	in.mu.Lock()
	defer in.mu.Unlock()
	end := offset + int64(len(data))
	switch {
	case offset < 0 || offset > in.received:
		return invalid("stdin at offset %d: bytes from %d on are missing", offset, in.received)
	case end <= in.received:
		return nil
	case in.closing:
		return invalid("stdin at offset %d: it was closed at %d", offset, in.received)
	case end > max(in.accepted, in.base)+stdinWindow && !in.broken:
		return fault.New(codes.ResourceExhausted, bridgepb.Reason_REASON_LIMIT,
			"stdin to offset %d: only %d bytes beyond the accepted %d may be sent", end, stdinWindow, in.accepted)
	}
	data = data[in.received-offset:]
	in.received = end
	if in.broken {
		in.accepted = end
		return nil
	}
	if n := len(in.queue); n > 0 && len(data) < 512 && len(in.queue[n-1]) < inputPiece {
		in.queue[n-1] = append(in.queue[n-1], data...) // many small frames must not cost a slice each
	} else {
		in.queue = append(in.queue, data)
	}
	in.changed.Signal()
	return nil
}

// begin tells a client that holds nothing of what was sent before where its own bytes start: after
// all that was received, written or not. Each such client may add a window, so there is an end to it.
func (in *input) begin() (int64, error) {
	if in == nil {
		return 0, nil
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	if waiting := in.received - in.accepted; waiting > mostWaiting {
		return 0, fault.New(codes.ResourceExhausted, bridgepb.Reason_REASON_LIMIT,
			"attach: %d bytes of stdin from earlier clients wait for the process to read them", waiting)
	}
	in.base = in.received
	return in.received, nil
}

// close says that the client has sent everything, offset bytes in all.
func (in *input) close(offset int64) error {
	in.mu.Lock()
	defer in.mu.Unlock()
	if offset != in.received {
		return invalid("stdin closed at offset %d, but %d bytes have arrived", offset, in.received)
	}
	in.closing = true
	in.changed.Signal()
	return nil
}

// pump writes to the process until everything is written, or nobody reads any more.
func (in *input) pump() {
	lineOpen := false
	for {
		piece, more := in.next()
		if !more {
			break
		}
		n, err := in.child.Stdin.Write(piece)
		if n > 0 {
			lineOpen = piece[n-1] != '\n'
		}
		in.took(n, err != nil)
	}
	if in.child.Terminal == nil {
		_ = in.child.Stdin.Close()
	} else if accepted := in.state(); !accepted.broken {
		_, _ = in.child.Stdin.Write(in.child.EndOfInput(lineOpen))
	}
	in.wake()
}

func (in *input) next() (piece []byte, more bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	for len(in.queue) == 0 && !in.closing && !in.broken {
		in.changed.Wait()
	}
	if in.broken || len(in.queue) == 0 {
		return nil, false
	}
	piece = in.queue[0]
	if len(piece) > inputPiece {
		in.queue[0] = piece[inputPiece:]
		return piece[:inputPiece], true
	}
	if in.queue = in.queue[1:]; len(in.queue) == 0 {
		in.queue = nil
	}
	return piece, true
}

// took notes what the process has read, or that it will not read the rest.
func (in *input) took(n int, broken bool) {
	in.mu.Lock()
	in.accepted += int64(n)
	if broken {
		in.giveUpLocked()
	}
	in.mu.Unlock()
	in.wake()
}

func (in *input) giveUpLocked() {
	in.broken, in.queue, in.accepted = true, nil, in.received
	in.changed.Signal()
}

// stop ends the pump when the process has ended.
func (in *input) stop() {
	if in == nil {
		return
	}
	in.mu.Lock()
	if !in.closing || len(in.queue) > 0 {
		in.giveUpLocked()
	}
	in.mu.Unlock()
	_ = in.child.Stdin.SetWriteDeadline(time.Unix(1, 0))
}

type inputState struct {
	accepted int64
	broken   bool
	closed   bool // the client has closed it; settled: and all of it was written
	settled  bool
}

func (in *input) state() inputState {
	if in == nil {
		return inputState{closed: true}
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	return inputState{
		accepted: in.accepted, broken: in.broken, closed: in.closing,
		settled: in.broken || in.closing && in.accepted == in.received,
	}
}
