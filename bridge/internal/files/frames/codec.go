// Package frames carries the data frames of file streams without copying them into and out of
// generated messages. What goes over the wire is what bridge.proto says.
//
// Importing it replaces the codec of grpc. The new one knows the types of this package, which are
// for SendMsg and RecvMsg, and leaves every other message to the old one.
package frames

import (
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/encoding/proto"
	"google.golang.org/grpc/mem"
)

// codec is stateless.
type codec struct {
	encoding.CodecV2 // of generated messages
}

func init() {
	encoding.RegisterCodecV2(codec{encoding.GetCodecV2(proto.Name)})
}

func (c codec) Marshal(v any) (mem.BufferSlice, error) {
	if block, ok := v.(*Block); ok {
		return block.marshal(), nil
	}
	return c.CodecV2.Marshal(v)
}

func (c codec) Unmarshal(data mem.BufferSlice, v any) error {
	if in, ok := v.(*incoming); ok {
		return in.unmarshal(data, c.CodecV2)
	}
	return c.CodecV2.Unmarshal(data, v)
}
