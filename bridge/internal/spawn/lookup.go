package spawn

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/fault"
	"google.golang.org/grpc/codes"
)

// candidates returns the files a command may mean, best first: the path itself where it has a
// slash, else what the child's PATH leads to.
func candidates(command, cwd string, env []string) ([]string, error) {
	if strings.Contains(command, "/") {
		path := command
		if !filepath.IsAbs(path) {
			path = cwd + "/" + path // not cleaned: a link before ".." must mean what the kernel says
		}
		return viable(command, []string{path}, "")
	}
	search := value(env, "PATH")
	var paths []string
	for _, dir := range filepath.SplitList(search) {
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(cwd, dir)
		}
		paths = append(paths, dir+"/"+command)
	}
	return viable(command, paths, search)
}

func viable(command string, paths []string, search string) ([]string, error) {
	var found []string
	var refused error
	for _, path := range paths {
		info, err := os.Stat(path)
		switch {
		case err == nil && info.IsDir():
			refused = notExecutable(path, "is a directory")
		case err == nil && info.Mode()&0o111 == 0:
			refused = notExecutable(path, "has no execute permission: chmod +x it, or run it with its interpreter")
		case err == nil:
			found = append(found, path)
		case errors.Is(err, syscall.EACCES):
			refused = notExecutable(path, "is in a directory that may not be searched")
		}
	}
	switch {
	case len(found) > 0:
		return found, nil
	case refused != nil:
		return nil, refused
	case search != "":
		return nil, notFound("exec %s: not found in PATH (%s)", command, search)
	default:
		return nil, notFound("exec %s: no such file", command)
	}
}

// checkDir tells apart why a working directory does not work, which the kernel's errno for the
// whole start could not.
func checkDir(dir string) error {
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, syscall.ENOENT):
		return fault.New(codes.NotFound, bridgepb.Reason_REASON_CWD_NOT_FOUND, "exec: working directory %s does not exist", dir)
	case errors.Is(err, syscall.ENOTDIR) || err == nil && !info.IsDir():
		return fault.New(codes.InvalidArgument, bridgepb.Reason_REASON_CWD_NOT_DIRECTORY, "exec: working directory %s is not a directory", dir)
	case err != nil:
		return fault.FromErrno("exec: working directory", dir, err)
	}
	return nil
}

func notFound(format string, args ...any) error {
	return fault.New(codes.NotFound, bridgepb.Reason_REASON_COMMAND_NOT_FOUND, format, args...)
}

func notExecutable(path, why string) error {
	return fault.New(codes.PermissionDenied, bridgepb.Reason_REASON_NOT_EXECUTABLE, "exec %s: %s", path, why)
}
