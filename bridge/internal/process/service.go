package process

import (
	"cmp"
	"context"
	"slices"

	"dev.warren/bridge/internal/bridgepb"
	"google.golang.org/grpc"
)

// Service is the processes section of ContainerService.
type Service struct{ manager *Manager }

// NewService serves the processes of a manager.
func NewService(m *Manager) *Service { return &Service{manager: m} }

// Exec starts a process and attaches to it.
func (s *Service) Exec(stream grpc.BidiStreamingServer[bridgepb.ProcessInput, bridgepb.ProcessOutput]) error {
	first, err := firstFrame(stream)
	if err != nil {
		return err
	}
	if first.GetStart() == nil {
		return invalid("the first frame of Exec must be start")
	}
	_, session, err := s.manager.start(first.GetStart())
	if err != nil {
		return err
	}
	go session.receive(stream)
	return session.serve(stream.Context(), stream)
}

// Attach attaches to a process that runs or has ended.
func (s *Service) Attach(stream grpc.BidiStreamingServer[bridgepb.ProcessInput, bridgepb.ProcessOutput]) error {
	first, err := firstFrame(stream)
	if err != nil {
		return err
	}
	request := first.GetAttach()
	if request == nil {
		return invalid("the first frame of Attach must be attach")
	}
	p, err := s.manager.find(request.ProcessId)
	if err != nil {
		return err
	}
	session, err := p.attach(request)
	if err != nil {
		return err
	}
	go session.receive(stream)
	return session.serve(stream.Context(), stream)
}

// ListProcesses lists what runs, and what has ended and is not forgotten, oldest first.
func (s *Service) ListProcesses(context.Context, *bridgepb.ListProcessesRequest) (*bridgepb.ListProcessesResponse, error) {
	all := s.manager.all()
	slices.SortFunc(all, func(a, b *Process) int {
		return cmp.Or(a.started.Compare(b.started), cmp.Compare(a.id, b.id))
	})
	response := &bridgepb.ListProcessesResponse{}
	for _, p := range all {
		response.Processes = append(response.Processes, p.info())
	}
	return response, nil
}

// Signal sends a signal to a process, its group or its whole tree.
func (s *Service) Signal(_ context.Context, r *bridgepb.SignalRequest) (*bridgepb.SignalResponse, error) {
	sig, err := checkSignal(r.Signal)
	if err != nil {
		return nil, err
	}
	p, err := s.manager.find(r.ProcessId)
	if err != nil {
		return nil, err
	}
	return &bridgepb.SignalResponse{Running: p.signal(sig, r.Scope)}, nil
}
