// Package files answers the file calls of the bridge.
package files

import (
	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/fault"
	"dev.warren/bridge/internal/files/archive"
	"dev.warren/bridge/internal/files/at"
	"dev.warren/bridge/internal/files/replace"
)

// Service implements the file calls of bridgepb.ContainerServiceServer. It is safe for concurrent
// use and holds no descriptor between calls.
type Service struct {
	root       string
	openat2    bool
	beneath    at.Opener
	locks      replace.Locks
	importer   archive.Importer
	frameBytes int
}

// New serves files below root, which relative paths start at. What an import into root left behind
// when an earlier bridge died is finished or undone first.
func New(root string) (*Service, error) {
	s := &Service{root: root, frameBytes: defaultFrame}
	s.beneath, s.openat2 = at.Kernel()
	s.importer.Beneath = s.beneath
	tree, err := at.Follow(root)
	if err != nil {
		return nil, fault.FromErrno("open the root directory", root, err)
	}
	defer tree.Close()
	if err := archive.Recover(tree); err != nil {
		return nil, fault.FromErrno("recover an interrupted import into", root, err)
	}
	return s, nil
}

// Features are the names that Hello reports for this service.
func (s *Service) Features() []string {
	if s.openat2 {
		return []string{"openat2"}
	}
	return nil
}

// tree starts the paths of one call.
func (s *Service) tree(noFollow *bridgepb.NoFollow) (*at.Tree, error) {
	if noFollow == nil {
		return at.Follow(s.root)
	}
	base, err := at.Follow(s.root)
	if err != nil {
		return nil, err
	}
	defer base.Close()
	return base.Confine(noFollow.GetRoot(), s.beneath)
}
