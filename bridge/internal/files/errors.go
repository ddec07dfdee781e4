package files

import (
	"errors"
	"fmt"

	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/fault"
	"golang.org/x/sys/unix"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

const noReason = bridgepb.Reason_REASON_UNSPECIFIED

func invalid(op, path, format string, args ...any) error {
	return fault.New(codes.InvalidArgument, noReason, "%s %s: %s", op, display(path), fmt.Sprintf(format, args...))
}

// fail is what every call ends with when something went wrong.
func fail(op, path string, err error) error {
	var known *fault.Error
	if errors.As(err, &known) {
		return err
	}
	if errors.Is(err, unix.EBUSY) {
		return busy(op, path)
	}
	if s, ok := status.FromError(err); ok { // of the stream itself: the caller has gone
		return fault.New(s.Code(), noReason, "%s %s: %s", op, display(path), s.Message())
	}
	return fault.FromErrno(op, display(path), err)
}

// busy: the engine mounts single files such as /etc/hosts, and those cannot be renamed over.
func busy(op, path string) error {
	return fault.New(codes.FailedPrecondition, noReason,
		"%s %s: is a mount point or otherwise in use by the system; change it in place with a command instead",
		op, display(path))
}

func display(path string) string {
	if path == "" {
		return "(root directory)"
	}
	return path
}
