package files

import "io"

// Frames that may wait for the disk while the next one is received. With the one being written they
// are the memory of a write.
const framesBehind = 2

// behind writes on a goroutine of its own: decoding one frame and writing another share no lock and
// use two processors.
type behind struct {
	frames chan []byte
	done   chan error // one value, when the goroutine ends
	ended  bool
	err    error
}

func writeBehind(w io.Writer) *behind {
	b := &behind{frames: make(chan []byte, framesBehind), done: make(chan error, 1)}
	go func() {
		for frame := range b.frames {
			if _, err := w.Write(frame); err != nil {
				b.done <- err
				return
			}
		}
		b.done <- nil
	}()
	return b
}

// put takes over data, or says why an earlier frame could not be written.
func (b *behind) put(data []byte) error {
	select {
	case b.frames <- data:
		return nil
	case b.err = <-b.done:
		b.ended = true
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
