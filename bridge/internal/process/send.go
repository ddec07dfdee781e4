package process

import (
	"context"
	"time"

	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/fault"
	"dev.warren/bridge/internal/journal"
	"google.golang.org/grpc/codes"
)

// serve sends until the end of the process, of the stream, or of the session.
func (s *session) serve(ctx context.Context, out outputStream) error {
	defer s.p.detach(s)
	if err := out.Send(s.attached()); err != nil {
		return err
	}
	for {
		if frame := s.next(); frame != nil {
			err := out.Send(frame)
			s.p.journal.Done(s.reading)
			s.reading = journal.Frame{}
			if err != nil {
				return err
			}
			if frame.GetExit() != nil {
				s.p.markDelivered()
				return nil
			}
			select {
			case err := <-s.failed:
				return err
			default:
				continue
			}
		}
		select {
		case <-s.ready:
		case <-s.creditDue():
			s.reported.accepted = -1 // due now, however little it is
			s.credit = nil
		case err := <-s.failed:
			return err
		case <-ctx.Done():
			return fault.New(codes.Canceled, bridgepb.Reason_REASON_UNSPECIFIED, "process %s: the client has left", s.p.id)
		}
	}
}

func (s *session) attached() *bridgepb.ProcessOutput {
	s.reported = s.p.input.state()
	s.reported.settled = s.reported.settled && s.p.input == nil
	return &bridgepb.ProcessOutput{Frame: &bridgepb.ProcessOutput_Attached{Attached: &bridgepb.Attached{
		ProcessId: s.p.id, Pid: int64(s.p.child.Pid), Epoch: s.epoch,
		StdinAccepted: max(s.reported.accepted, s.begin), StdinClosed: s.reported.closed || s.reported.broken, StdinWindow: stdinWindow,
	}}}
}

// next returns the next frame, or nil when there is nothing to send now. The exit is looked at
// before the output: output that is complete then stays complete.
func (s *session) next() *bridgepb.ProcessOutput {
	s.p.mu.Lock()
	exit := s.p.exit
	s.p.mu.Unlock()
	if !s.observer {
		if frame := s.stdinAccepted(exit != nil); frame != nil {
			return frame
		}
		for range 2 {
			s.turn = 1 - s.turn
			if frame := s.nextOutput(s.turn); frame != nil {
				return frame
			}
		}
	}
	if exit == nil {
		return nil
	}
	return &bridgepb.ProcessOutput{Frame: &bridgepb.ProcessOutput_Exit{Exit: exit}}
}

func (s *session) nextOutput(stream journal.Stream) *bridgepb.ProcessOutput {
	f := s.p.journal.Next(stream, s.at[stream], frameBytes)
	if f.From == f.To {
		return nil
	}
	s.at[stream] = f.To
	s.reading = f
	name := bridgepb.Stream_STREAM_STDOUT
	if stream == journal.Stderr {
		name = bridgepb.Stream_STREAM_STDERR
	}
	switch {
	case f.Long != nil:
		return &bridgepb.ProcessOutput{Frame: &bridgepb.ProcessOutput_LongLine{LongLine: &bridgepb.LongLine{
			Stream: name, Offset: f.From, Length: f.Long.Length, Head: f.Long.Head, Tail: f.Long.Tail,
		}}}
	case f.Data == nil:
		return &bridgepb.ProcessOutput{Frame: &bridgepb.ProcessOutput_Gap{Gap: &bridgepb.Gap{
			Stream: name, From: f.From, To: f.To,
		}}}
	}
	s.output.Stream, s.output.Offset, s.output.Data = name, f.From, f.Data
	s.carrier.Output = &s.output
	s.frame.Frame = &s.carrier
	return &s.frame
}

// stdinAccepted reports progress of stdin when it matters: a quarter of the window, the end, or
// less than that after a short while.
func (s *session) stdinAccepted(last bool) *bridgepb.ProcessOutput {
	now := s.p.input.state()
	if s.p.input == nil || now == s.reported {
		return nil
	}
	urgent := last || s.reported.accepted < 0 || now.accepted-s.reported.accepted >= stdinWindow/4 ||
		now.settled != s.reported.settled || now.broken != s.reported.broken
	if !urgent {
		if s.credit == nil && now.accepted != s.reported.accepted {
			s.credit = time.NewTimer(creditDelay)
		}
		return nil
	}
	s.reported = now
	if s.credit != nil {
		s.credit.Stop()
		s.credit = nil
	}
	return &bridgepb.ProcessOutput{Frame: &bridgepb.ProcessOutput_StdinAccepted{StdinAccepted: &bridgepb.StdinAccepted{
		Offset: now.accepted, Broken: now.broken,
	}}}
}

func (s *session) creditDue() <-chan time.Time {
	if s.credit == nil {
		return nil
	}
	return s.credit.C
}
