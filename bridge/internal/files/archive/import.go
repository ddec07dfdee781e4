package archive

import (
	"context"
	"sync"

	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/fault"
	"dev.warren/bridge/internal/files/at"
	"golang.org/x/sys/unix"
	"google.golang.org/grpc/codes"
)

const (
	defaultContent = 16 << 30
	defaultEntries = 1_000_000
)

// Importer unpacks archives. One import at a time works on a directory; imports into directories
// within one another do not know of each other.
//
// Memory: a frame, a copy buffer, the decompressor, and what is remembered of directories (64 MiB
// at most).
type Importer struct {
	// Beneath resolves names below the target; nil chooses by what the kernel has.
	Beneath at.Opener

	mu   sync.Mutex
	busy map[fileID]bool
	// step is a seam for tests, which fail or stop an import at each step of a swap. Else nil.
	step func(name string) error
}

// Import unpacks source into the open directory target.
//
// MERGE puts each file in its place atomically; files that are there when a later entry fails stay.
// REPLACE leaves the directory with exactly the archive, or exactly as it was. Either is durable
// when the call returns.
func (im *Importer) Import(ctx context.Context, target int, source *Source, h *bridgepb.ImportHeader) (*bridgepb.ArchiveSummary, error) {
	u, err := newUnpacker(ctx, h)
	if err != nil {
		return nil, err
	}
	u.beneath = im.Beneath
	if u.beneath == nil {
		u.beneath, _ = at.Kernel()
	}
	release, err := im.claim(target, h.GetPath())
	if err != nil {
		return nil, err
	}
	defer release()
	if err := recoverDir(target); err != nil {
		return nil, fault.FromErrno("import: recover an interrupted import into", h.GetPath(), err)
	}
	if h.GetMode() == bridgepb.ImportMode_IMPORT_MODE_REPLACE {
		err = im.replace(u, target, source, h)
	} else {
		err = merge(u, target, source, h)
	}
	if broken := source.broken(); broken != nil {
		err = broken
	}
	if err != nil {
		return nil, err
	}
	u.summary.ArchiveBytes = source.total
	u.summary.Sha256 = source.sum.Sum(nil)
	return &u.summary, nil
}

func newUnpacker(ctx context.Context, h *bridgepb.ImportHeader) (*unpacker, error) {
	switch h.GetMode() {
	case bridgepb.ImportMode_IMPORT_MODE_MERGE, bridgepb.ImportMode_IMPORT_MODE_REPLACE:
	default:
		return nil, invalid("import %s: mode %v; say MERGE or REPLACE", h.GetPath(), h.GetMode())
	}
	if h.GetMaxContentBytes() < 0 || h.GetMaxEntries() < 0 {
		return nil, invalid("import %s: limits must not be negative", h.GetPath())
	}
	u := &unpacker{ctx: ctx, buf: make([]byte, chunkBytes)}
	u.limits = limits{content: h.GetMaxContentBytes(), entries: h.GetMaxEntries()}
	if u.limits.content == 0 {
		u.limits.content = defaultContent
	}
	if u.limits.entries == 0 {
		u.limits.entries = defaultEntries
	}
	return u, nil
}

func (im *Importer) claim(target int, path string) (release func(), err error) {
	st, err := at.Fstat(target)
	if err != nil {
		return nil, err
	}
	id := fileID{st.Dev, st.Ino}
	im.mu.Lock()
	defer im.mu.Unlock()
	if im.busy[id] {
		return nil, fault.New(codes.Aborted, bridgepb.Reason_REASON_UNSPECIFIED,
			"import %s: another import into this directory is running; retry when it has ended", path)
	}
	if im.busy == nil {
		im.busy = map[fileID]bool{}
	}
	im.busy[id] = true
	return func() {
		im.mu.Lock()
		defer im.mu.Unlock()
		delete(im.busy, id)
	}, nil
}

// into unpacks the whole archive beneath dir and demands the commit.
func (u *unpacker) into(dir int, source *Source, h *bridgepb.ImportHeader) error {
	own, err := at.Open(dir, ".", unix.O_PATH|unix.O_DIRECTORY, 0)
	if err != nil {
		return err
	}
	u.tree = at.Beneath(own, u.beneath)
	if err := u.run(source, h.GetCompression()); err != nil {
		return err
	}
	return source.finish()
}

func (u *unpacker) close() {
	u.forgetParent()
	if u.tree != nil {
		u.tree.Close()
	}
}

func merge(u *unpacker, target int, source *Source, h *bridgepb.ImportHeader) error {
	defer u.close()
	if err := u.into(target, source, h); err != nil {
		return err
	}
	if err := u.finish(false); err != nil {
		return err
	}
	return syncTree(target)
}

// syncTree is one call for everything: syncing each of a hundred thousand files takes minutes.
func syncTree(dir int) error {
	fd, err := at.Open(dir, ".", unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return err
	}
	defer at.Close(fd)
	return unix.Syncfs(fd)
}
