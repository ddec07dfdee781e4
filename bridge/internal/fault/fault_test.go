package fault

import (
	"context"
	"fmt"
	"os"
	"syscall"
	"testing"

	"dev.warren/bridge/internal/bridgepb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

func TestFromErrnoKeepsSituationsApart(t *testing.T) {
	cases := []struct {
		errno  syscall.Errno
		code   codes.Code
		reason bridgepb.Reason
	}{
		{syscall.ENOENT, codes.NotFound, bridgepb.Reason_REASON_UNSPECIFIED},
		{syscall.EACCES, codes.PermissionDenied, bridgepb.Reason_REASON_UNSPECIFIED},
		{syscall.EROFS, codes.PermissionDenied, bridgepb.Reason_REASON_READ_ONLY},
		{syscall.EISDIR, codes.InvalidArgument, bridgepb.Reason_REASON_IS_DIRECTORY},
		{syscall.ENOTDIR, codes.InvalidArgument, bridgepb.Reason_REASON_NOT_DIRECTORY},
		{syscall.ENOTEMPTY, codes.FailedPrecondition, bridgepb.Reason_REASON_NOT_EMPTY},
		{syscall.EDQUOT, codes.ResourceExhausted, bridgepb.Reason_REASON_NO_SPACE},
		{syscall.EIO, codes.Internal, bridgepb.Reason_REASON_UNSPECIFIED},
	}
	for _, c := range cases {
		err := FromErrno("open", "/x", &os.PathError{Op: "open", Path: "/x", Err: c.errno})
		if status.Code(err) != c.code || ReasonOf(err) != c.reason {
			t.Errorf("%v: got %v %v, want %v %v", c.errno, status.Code(err), ReasonOf(err), c.code, c.reason)
		}
	}
}

func TestFromErrnoLeavesStatusesAndNilAlone(t *testing.T) {
	if FromErrno("open", "/x", nil) != nil {
		t.Error("nil became an error")
	}
	first := New(codes.Aborted, bridgepb.Reason_REASON_STALE_REVISION, "write /x: changed since")
	if got := FromErrno("open", "/x", fmt.Errorf("wrapped: %w", first)); status.Code(got) != codes.Aborted {
		t.Errorf("got %v", got)
	}
	if got := FromErrno("read", "/x", context.Canceled); status.Code(got) != codes.Canceled {
		t.Errorf("got %v", got)
	}
}

func TestTrailerNamesTheReasonWithoutPrefix(t *testing.T) {
	md := trailerOf(New(codes.NotFound, bridgepb.Reason_REASON_COMMAND_NOT_FOUND, "no such command"))
	if got := md.Get(Trailer); len(got) != 1 || got[0] != "COMMAND_NOT_FOUND" {
		t.Errorf("trailer is %v", md)
	}
	if trailerOf(syscall.EIO) != nil || trailerOf(nil) != nil {
		t.Error("a trailer without a reason")
	}
}
