package at

import (
	"errors"

	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/fault"
	"golang.org/x/sys/unix"
	"google.golang.org/grpc/codes"
)

// Tree is where the paths of one call start, and how they are resolved.
type Tree struct {
	base    int
	beneath Opener // nil: links are followed and ".." may leave the base
}

// Follow starts at the directory base, takes absolute paths too and follows links.
func Follow(base string) (*Tree, error) { return newTree(unix.AT_FDCWD, base, nil) }

// Confine starts at the directory root, itself found as t finds it, never leaves it and never
// follows a link below it.
func (t *Tree) Confine(root string, open Opener) (*Tree, error) {
	if err := CheckPath(root); err != nil {
		return nil, err
	}
	return newTree(t.base, orDot(root), open)
}

// Beneath confines paths to a directory that is open already. The tree owns the descriptor.
func Beneath(dir int, open Opener) *Tree { return &Tree{base: dir, beneath: open} }

func newTree(dir int, base string, open Opener) (*Tree, error) {
	fd, err := Open(dir, base, pathFlags|unix.O_DIRECTORY, 0)
	if err != nil {
		return nil, err
	}
	return &Tree{base: fd, beneath: open}, nil
}

// Close releases the base.
func (t *Tree) Close() { Close(t.base) }

// Confined reports whether links are refused.
func (t *Tree) Confined() bool { return t.beneath != nil }

// OpenPath resolves path to an O_PATH descriptor. A final link is opened itself where the tree is
// confined or follow is false.
func (t *Tree) OpenPath(path string, follow bool) (int, error) {
	flags := pathFlags
	if !follow || t.Confined() {
		flags |= unix.O_NOFOLLOW
	}
	return t.open(path, flags)
}

// OpenDir opens a directory for listing.
func (t *Tree) OpenDir(path string) (int, error) {
	return t.open(path, unix.O_RDONLY|unix.O_DIRECTORY)
}

func (t *Tree) open(path string, flags int) (int, error) {
	if err := CheckPath(path); err != nil {
		return -1, err
	}
	if !t.Confined() {
		return Open(t.base, orDot(path), flags, 0)
	}
	if err := checkConfined(path); err != nil {
		return -1, err
	}
	fd, err := t.beneath(t.base, path, flags)
	if errors.Is(err, unix.EXDEV) {
		return -1, fault.New(codes.FailedPrecondition, bridgepb.Reason_REASON_OUTSIDE_ROOT,
			"path %s: leads outside the root of a no-follow call", path)
	}
	return fd, err
}
