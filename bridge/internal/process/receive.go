package process

import (
	"errors"
	"io"
	"syscall"

	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/fault"
	"dev.warren/bridge/internal/spawn"
	"google.golang.org/grpc/codes"
)

type inputStream interface {
	Recv() (*bridgepb.ProcessInput, error)
}

// receive handles what the client sends. It never waits for the process, so signals, cancels and
// acknowledgements get through whatever stdin does. A client that only stops sending is still
// attached; its stdin stays open until StdinClose.
func (s *session) receive(in inputStream) {
	for {
		frame, err := in.Recv()
		if errors.Is(err, io.EOF) {
			return
		}
		if err == nil {
			err = s.handle(frame)
		}
		if err != nil {
			s.fail(err)
			return
		}
	}
}

func (s *session) handle(in *bridgepb.ProcessInput) error {
	switch f := in.Frame.(type) {
	case *bridgepb.ProcessInput_Signal:
		sig, err := checkSignal(f.Signal.Signal)
		if err == nil {
			s.p.signal(sig, bridgepb.SignalScope_SIGNAL_SCOPE_GROUP)
		}
		return err
	case *bridgepb.ProcessInput_Cancel:
		s.p.terminate(bridgepb.ExitCause_EXIT_CAUSE_CANCELLED, millis(s.p.request.KillGraceMillis))
		return nil
	}
	if s.observer {
		return invalid("process %s: with exit_only only signals and Cancel may be sent", s.p.id)
	}
	if s.p.current.Load() != s {
		return nil // taken over: the stream is about to end with that
	}
	return s.handleOwn(in)
}

// handleOwn handles what only the process's one client may do.
func (s *session) handleOwn(in *bridgepb.ProcessInput) error {
	p := s.p
	switch f := in.Frame.(type) {
	case *bridgepb.ProcessInput_Ack:
		p.journal.Ack(f.Ack.StdoutOffset, f.Ack.StderrOffset)
	case *bridgepb.ProcessInput_Stdin:
		if p.input == nil {
			return invalid("process %s was started without stdin", p.id)
		}
		return p.input.offer(f.Stdin.Offset, f.Stdin.Data)
	case *bridgepb.ProcessInput_StdinClose:
		if p.input == nil {
			return nil // it has none, which is what is asked for
		}
		return p.input.close(f.StdinClose.Offset)
	case *bridgepb.ProcessInput_Resize:
		return p.resize(f.Resize)
	default:
		return invalid("process %s: the first frame starts or attaches, and later ones must not", p.id)
	}
	return nil
}

func (p *Process) resize(r *bridgepb.Resize) error {
	if p.child.Terminal == nil {
		return invalid("resize %s: it has no terminal", p.id)
	}
	if r.Columns > 1<<16-1 || r.Rows > 1<<16-1 {
		return invalid("resize %s: at most %d columns and rows", p.id, 1<<16-1)
	}
	// A terminal that is closed already has no size to change.
	_ = p.child.Resize(spawn.Size{Columns: uint16(r.Columns), Rows: uint16(r.Rows)})
	return nil
}

func checkSignal(n int32) (syscall.Signal, error) {
	if n < 0 || n > 64 {
		return 0, invalid("signal %d: must be 0 to 64", n)
	}
	return syscall.Signal(n), nil
}

func firstFrame(in inputStream) (*bridgepb.ProcessInput, error) {
	frame, err := in.Recv()
	if errors.Is(err, io.EOF) {
		return nil, invalid("the stream ended before its first frame")
	}
	if err != nil {
		return nil, fault.New(codes.Canceled, bridgepb.Reason_REASON_UNSPECIFIED, "the client left before its first frame")
	}
	return frame, nil
}
