package files

import (
	"os"
	"runtime"
	"strings"
	"testing"

	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/fault"
	"golang.org/x/sys/unix"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// mountSmall mounts a tmpfs of 1 MiB at a new root; only root can.
func mountSmall(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	must(t, unix.Mount("tmpfs", root, "tmpfs", 0, "size=1m"))
	t.Cleanup(func() { _ = unix.Unmount(root, unix.MNT_DETACH) })
	return root
}

func TestAFullDiskLeavesTheTargetAndNothingElse(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("needs root to mount a small file system")
	}
	s := startAt(t, mountSmall(t))
	s.put("f", "old")
	s.writeFailsWith("f", strings.Repeat("x", 2<<20), codes.ResourceExhausted, bridgepb.Reason_REASON_NO_SPACE)
	_, err := s.writeRaw(header("f"), data(strings.Repeat("x", 1<<20)), data(strings.Repeat("x", 1<<20)), commit(2<<20))
	wantCode(t, err, codes.ResourceExhausted)
	s.holds("f", "old")
	s.names("", "f")
}

func TestAReadOnlyFileSystemSaysSo(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("needs root to mount a file system")
	}
	s := startAt(t, mountSmall(t))
	s.put("f", "old")
	must(t, unix.Mount("", s.root, "", unix.MS_REMOUNT|unix.MS_RDONLY, ""))
	s.writeFailsWith("f", "new", codes.PermissionDenied, bridgepb.Reason_REASON_READ_ONLY)
	s.writeFailsWith("g", "new", codes.PermissionDenied, bridgepb.Reason_REASON_READ_ONLY)
	_, err := s.DeleteFile(s.ctx, &bridgepb.DeleteFileRequest{Path: "f"})
	wantCode(t, err, codes.PermissionDenied)
	s.holds("f", "old")
}

func TestAMountedFileCannotBeReplaced(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("needs root to mount a file")
	}
	s := start(t)
	s.put("source", "mounted")
	s.put("hosts", "")
	must(t, unix.Mount(s.path("source"), s.path("hosts"), "", unix.MS_BIND, ""))
	t.Cleanup(func() { _ = unix.Unmount(s.path("hosts"), unix.MNT_DETACH) })
	s.writeFailsWith("hosts", "new", codes.FailedPrecondition, bridgepb.Reason_REASON_UNSPECIFIED)
	s.holds("hosts", "mounted")
	s.names("", "hosts", "source")
}

func TestMovesBetweenFileSystemsAreRefusedWithAdvice(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("needs root to mount a file system")
	}
	s := start(t)
	s.put("f", "x")
	small := mountSmall(t)
	_, err := s.Rename(s.ctx, &bridgepb.RenameRequest{From: "f", To: small + "/f"})
	wantCode(t, err, codes.FailedPrecondition)
	if !strings.Contains(status.Convert(err).Message(), "copy and delete") {
		t.Errorf("no advice in %v", err)
	}
}

func (s *sandbox) writeFailsWith(path, content string, code codes.Code, reason bridgepb.Reason) {
	s.t.Helper()
	_, err := s.service.WriteFile(s.ctx, &bridgepb.WriteFileRequest{Path: path, Content: []byte(content)})
	if status.Code(err) != code || fault.ReasonOf(err) != reason {
		s.t.Errorf("write %s: got %v (%v), want %v (%v)", path, err, fault.ReasonOf(err), code, reason)
	}
}

// asNobody calls f on a thread without root's rights on files. The thread ends with f.
func asNobody(t *testing.T, f func()) {
	t.Helper()
	done := make(chan error)
	go func() {
		runtime.LockOSThread()
		var err error
		if os.Geteuid() == 0 {
			err = unix.Setfsuid(65534)
		}
		if err == nil {
			f()
		}
		done <- err
	}()
	must(t, <-done)
}

func TestWhatPermissionsDenyIsDenied(t *testing.T) {
	t.Parallel()
	s := start(t)
	must(t, os.Chmod(s.root, 0o777))
	must(t, os.Chmod(s.root+"/..", 0o755))
	s.put("secret", "x")
	must(t, os.Chmod(s.path("secret"), 0o600))
	s.put("readable", "old")
	must(t, os.Chmod(s.path("readable"), 0o444))
	s.put("closed/f", "x")
	must(t, os.Chmod(s.path("closed"), 0o700))
	if os.Geteuid() != 0 {
		must(t, os.Chmod(s.path("secret"), 0))
		must(t, os.Chmod(s.path("closed"), 0))
		t.Cleanup(func() { _ = os.Chmod(s.path("closed"), 0o700) })
	}
	asNobody(t, func() {
		_, err := s.service.ReadFile(s.ctx, &bridgepb.ReadFileRequest{Path: "secret"})
		wantCode(t, err, codes.PermissionDenied)
		_, err = s.service.Stat(s.ctx, &bridgepb.StatRequest{Path: "closed/f"})
		wantCode(t, err, codes.PermissionDenied)
		_, err = s.service.ListDir(s.ctx, &bridgepb.ListDirRequest{Path: "closed"})
		wantCode(t, err, codes.PermissionDenied)
		_, err = s.service.DeleteFile(s.ctx, &bridgepb.DeleteFileRequest{Path: "closed", Recursive: true})
		wantCode(t, err, codes.PermissionDenied)
		s.writeFailsWith("readable", "new", codes.PermissionDenied, bridgepb.Reason_REASON_UNSPECIFIED)
		s.writeFailsWith("closed/g", "new", codes.PermissionDenied, bridgepb.Reason_REASON_UNSPECIFIED)
		resp, err := s.service.ListDir(s.ctx, &bridgepb.ListDirRequest{Recursive: true})
		must(t, err)
		equal(t, resp.GetUnreadable(), []string{"closed"})
		equal(t, paths(resp.GetEntries()), []string{"closed", "readable", "secret"})
	})
	s.holds("readable", "old")
}
