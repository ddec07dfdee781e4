package files

import (
	"dev.warren/bridge/internal/files/frames"
)

// Frames that may wait for the disk while the next one is received. With the one being written they
// are the memory of a write.
const framesBehind = 2

// piecewise takes all of the pieces or fails.
type piecewise interface {
	WritePieces(pieces [][]byte) error
}

// behind writes on a goroutine of its own: receiving one frame and writing another share no lock and
// use two processors.
type behind struct {
	frames chan frames.Data
	done   chan error // one value, when the goroutine ends
	ended  bool
	err    error
}

func writeBehind(w piecewise) *behind {
	b := &behind{frames: make(chan frames.Data, framesBehind), done: make(chan error, 1)}
	go func() {
		for frame := range b.frames {
			err := w.WritePieces(frame.Pieces())
			frame.Free()
			if err != nil {
				b.done <- err
				return
			}
		}
		b.done <- nil
	}()
	return b
}

// put takes over data, or says why an earlier frame could not be written.
func (b *behind) put(data frames.Data) error {
	select {
	case b.frames <- data:
		return nil
	case b.err = <-b.done:
		b.ended = true
		data.Free()
		return b.err
	}
}

// finish waits for the last frame; afterwards nothing is written any more. It may be called again.
func (b *behind) finish() error {
	if !b.ended {
		b.ended = true
		close(b.frames)
		b.err = <-b.done
	}
	return b.err
}
