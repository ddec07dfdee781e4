package process

import (
	"io"
	"os"
	"time"

	"dev.warren/bridge/internal/journal"
)

func (p *Process) startPump(s journal.Stream, file *os.File) {
	p.pumps.Add(1)
	p.pending.Add(1)
	go func() {
		t := &tap{file: file, terminal: p.child.Terminal != nil, left: -1}
		if p.options.Lines && s == journal.Stdout {
			p.pumpLines(t)
		} else {
			p.pumpBytes(s, t)
		}
		if t.held {
			p.mu.Lock()
			p.held = true
			p.mu.Unlock()
		}
		p.pumps.Done()
		if t.held {
			// The survivor must not get a SIGPIPE for a result that is complete without it.
			_ = file.SetReadDeadline(time.Time{})
			_, _ = io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{file}, make([]byte, 4<<10))
		}
		_ = file.Close()
		p.settle()
	}()
}

func (p *Process) pumpBytes(s journal.Stream, t *tap) {
	var scratch []byte
	for {
		buffer := p.journal.Reserve(s)
		if buffer == nil {
			if scratch == nil {
				scratch = make([]byte, 16<<10)
			}
			if _, err := t.Read(scratch); err != nil {
				return
			}
			continue
		}
		n, err := t.Read(buffer)
		p.journal.Commit(s, buffer, n)
		if err != nil {
			return
		}
	}
}

// pumpLines reads with a small buffer until the process shows that it has more to say.
func (p *Process) pumpLines(t *tap) {
	framer := journal.Lines{
		Max:  int(orDefault(p.request.MaxLineBytes, defaultLineBytes)),
		Put:  p.journal.Put,
		Long: p.journal.PutLong,
	}
	defer framer.Close()
	buffer := make([]byte, 4<<10)
	for {
		n, err := t.Read(buffer)
		framer.Write(buffer[:n])
		if err != nil {
			return
		}
		if n == len(buffer) && n < frameBytes {
			buffer = make([]byte, frameBytes)
		}
	}
}

// settle gives the slot of the process back when nothing of it is left open.
func (p *Process) settle() {
	if p.pending.Add(-1) == 0 {
		p.manager.release(p)
	}
}
