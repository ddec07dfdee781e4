package spawn

import (
	"os"
	"syscall"
)

// Size of a terminal.
type Size struct{ Columns, Rows uint16 }

// files are both ends of what connects a child with the bridge.
type files struct {
	child                 [3]uintptr
	owned                 []int // the child's ends that were opened for it
	terminal              *os.File
	stdin, stdout, stderr *os.File
}

func (c Command) open() (*files, error) {
	f := &files{}
	err := f.connect(c)
	if err != nil {
		f.closeChild()
		f.closeParent()
	}
	return f, err
}

func (f *files) connect(c Command) error {
	if c.Size != nil {
		return f.openTerminal(*c.Size)
	}
	var err error
	if f.stdout, err = f.pipe(1, true); err != nil {
		return err
	}
	if f.stderr, err = f.pipe(2, true); err != nil {
		return err
	}
	if c.Stdin {
		f.stdin, err = f.pipe(0, false)
		return err
	}
	null, err := devNull()
	if err == nil {
		f.child[0] = null.Fd()
	}
	return err
}

// pipe makes a pipe for the child's descriptor. Only the bridge's end is non-blocking: the mode
// belongs to each end, and programs do not expect it on theirs.
func (f *files) pipe(childFD int, childWrites bool) (*os.File, error) {
	var ends [2]int
	if err := syscall.Pipe2(ends[:], syscall.O_CLOEXEC); err != nil {
		return nil, err
	}
	ours, theirs := ends[0], ends[1]
	if !childWrites {
		ours, theirs = theirs, ours
	}
	f.child[childFD] = uintptr(theirs)
	f.owned = append(f.owned, theirs)
	_ = syscall.SetNonblock(ours, true)
	return os.NewFile(uintptr(ours), "pipe"), nil
}

func (f *files) closeChild() {
	for _, fd := range f.owned {
		_ = syscall.Close(fd)
	}
	f.owned = nil
}

func (f *files) closeParent() {
	for _, file := range []*os.File{f.stdin, f.stdout, f.stderr} {
		if file != nil {
			_ = file.Close()
		}
	}
}
