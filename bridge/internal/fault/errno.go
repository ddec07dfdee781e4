package fault

import (
	"context"
	"errors"
	"syscall"

	"dev.warren/bridge/internal/bridgepb"
	"google.golang.org/grpc/codes"
)

type meaning struct {
	code   codes.Code
	reason bridgepb.Reason
	text   string
}

var meanings = map[syscall.Errno]meaning{
	syscall.ENOENT:       {codes.NotFound, bridgepb.Reason_REASON_UNSPECIFIED, "not found"},
	syscall.EACCES:       {codes.PermissionDenied, bridgepb.Reason_REASON_UNSPECIFIED, "permission denied"},
	syscall.EPERM:        {codes.PermissionDenied, bridgepb.Reason_REASON_UNSPECIFIED, "operation not permitted"},
	syscall.EROFS:        {codes.PermissionDenied, bridgepb.Reason_REASON_READ_ONLY, "read-only file system"},
	syscall.EEXIST:       {codes.AlreadyExists, bridgepb.Reason_REASON_UNSPECIFIED, "already exists"},
	syscall.EISDIR:       {codes.InvalidArgument, bridgepb.Reason_REASON_IS_DIRECTORY, "is a directory"},
	syscall.ENOTDIR:      {codes.InvalidArgument, bridgepb.Reason_REASON_NOT_DIRECTORY, "not a directory"},
	syscall.ENXIO:        {codes.InvalidArgument, bridgepb.Reason_REASON_NOT_REGULAR, "not a regular file"},
	syscall.ENOTEMPTY:    {codes.FailedPrecondition, bridgepb.Reason_REASON_NOT_EMPTY, "directory not empty"},
	syscall.ELOOP:        {codes.FailedPrecondition, bridgepb.Reason_REASON_SYMLINK, "symbolic link in the way, or too many of them"},
	syscall.EXDEV:        {codes.FailedPrecondition, bridgepb.Reason_REASON_UNSPECIFIED, "source and target are on different file systems"},
	syscall.EBUSY:        {codes.FailedPrecondition, bridgepb.Reason_REASON_UNSPECIFIED, "in use, for example as a mount point"},
	syscall.ETXTBSY:      {codes.FailedPrecondition, bridgepb.Reason_REASON_UNSPECIFIED, "a running program"},
	syscall.ENAMETOOLONG: {codes.InvalidArgument, bridgepb.Reason_REASON_UNSPECIFIED, "name too long"},
	syscall.EINVAL:       {codes.InvalidArgument, bridgepb.Reason_REASON_UNSPECIFIED, "invalid argument"},
	syscall.ENOSPC:       {codes.ResourceExhausted, bridgepb.Reason_REASON_NO_SPACE, "no space left on the device"},
	syscall.EDQUOT:       {codes.ResourceExhausted, bridgepb.Reason_REASON_NO_SPACE, "disk quota exceeded"},
	syscall.EFBIG:        {codes.ResourceExhausted, bridgepb.Reason_REASON_NO_SPACE, "file too large"},
	syscall.EMLINK:       {codes.ResourceExhausted, bridgepb.Reason_REASON_LIMIT, "too many links"},
	syscall.EMFILE:       {codes.ResourceExhausted, bridgepb.Reason_REASON_LIMIT, "too many open files in the bridge"},
	syscall.ENFILE:       {codes.ResourceExhausted, bridgepb.Reason_REASON_LIMIT, "too many open files in the system"},
	syscall.ENOMEM:       {codes.ResourceExhausted, bridgepb.Reason_REASON_LIMIT, "out of memory"},
	syscall.EAGAIN:       {codes.ResourceExhausted, bridgepb.Reason_REASON_LIMIT, "a limit is reached, try again later"},
}

// FromErrno says what failed (op, path) and why. Errors that are statuses already pass unchanged.
func FromErrno(op, path string, err error) error {
	var known *Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	switch {
	case errors.Is(err, context.Canceled):
		return New(codes.Canceled, bridgepb.Reason_REASON_UNSPECIFIED, "%s %s: cancelled", op, path)
	case errors.Is(err, context.DeadlineExceeded):
		return New(codes.DeadlineExceeded, bridgepb.Reason_REASON_UNSPECIFIED, "%s %s: deadline exceeded", op, path)
	}
	var errno syscall.Errno
	if errors.As(err, &errno) {
		if m, ok := meanings[errno]; ok {
			return New(m.code, m.reason, "%s %s: %s", op, path, m.text)
		}
	}
	return New(codes.Internal, bridgepb.Reason_REASON_UNSPECIFIED, "%s %s: %v", op, path, err)
}
