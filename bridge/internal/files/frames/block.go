package frames

import (
	"sync"

	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/encoding/protowire"
)

// Block is a data frame on its way out: a message that has one field, of bytes. It is filled once
// and sent once; then its memory belongs to grpc, which gives it back when it is written out.
type Block struct {
	field protowire.Number
	space *[]byte
}

// NewBlock makes a block with so much room.
func NewBlock(field protowire.Number, size int) *Block {
	return &Block{field: field, space: spaces.Get(size)}
}

// Space is where the content goes.
func (b *Block) Space() []byte { return *b.space }

// Cut makes it end after so many bytes.
func (b *Block) Cut(size int) { *b.space = (*b.space)[:size] }

// Discard gives back the memory of a block that is not sent.
func (b *Block) Discard() {
	spaces.Put(b.space)
	b.space = nil
}

func (b *Block) marshal() mem.BufferSlice {
	prefix := protowire.AppendTag(nil, b.field, protowire.BytesType)
	prefix = protowire.AppendVarint(prefix, uint64(len(*b.space)))
	content := mem.NewBuffer(b.space, spaces)
	b.space = nil // a second use is a bug, and panics
	return mem.BufferSlice{mem.SliceBuffer(prefix), content}
}

// spaces keeps memory of blocks. Unlike grpc's pools it does not clear what it gives out, and has no
// steps between its sizes.
var spaces = &pool{}

type pool struct{ free sync.Pool }

// Get gives memory that holds anything: what is not overwritten must be cut off.
func (p *pool) Get(size int) *[]byte {
	if space, ok := p.free.Get().(*[]byte); ok && cap(*space) >= size {
		*space = (*space)[:size]
		return space
	}
	space := make([]byte, size)
	return &space
}

func (p *pool) Put(space *[]byte) { p.free.Put(space) }
