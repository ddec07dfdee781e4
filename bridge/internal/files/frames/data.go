package frames

import (
	"slices"

	"google.golang.org/grpc"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
)

// Data is the content of a data frame, where grpc received it. Its owner frees it once.
type Data struct {
	buffers mem.BufferSlice
	skip    int // bytes of the first buffer before the content
}

// DataOf is content that lies elsewhere.
func DataOf(content []byte) Data {
	return Data{buffers: mem.BufferSlice{mem.SliceBuffer(content)}}
}

// Len is the number of bytes.
func (d Data) Len() int { return d.buffers.Len() - d.skip }

// Pieces are its bytes, none of which may be used once it is freed. Nothing may be written there.
func (d Data) Pieces() [][]byte {
	pieces := make([][]byte, 0, len(d.buffers))
	skip := d.skip
	for _, buffer := range d.buffers {
		piece := buffer.ReadOnlyData()
		cut := min(skip, len(piece))
		skip -= cut
		if len(piece) > cut {
			pieces = append(pieces, piece[cut:])
		}
	}
	return pieces
}

// Free gives the memory back.
func (d Data) Free() { d.buffers.Free() }

// Receive gets the next message of a stream. If all it has is the field of bytes, that is returned
// with true and other is left as it was. Else it is decoded into other.
func Receive(stream grpc.ServerStream, field protowire.Number, other proto.Message) (Data, bool, error) {
	in := incoming{field: field, other: other}
	err := stream.RecvMsg(&in)
	return in.data, in.isData, err
}

type incoming struct {
	field  protowire.Number
	other  proto.Message
	data   Data
	isData bool
}

func (in *incoming) unmarshal(data mem.BufferSlice, generated encoding.CodecV2) error {
	skip, ok := dataPrefix(data, in.field)
	if !ok {
		return generated.Unmarshal(data, in.other)
	}
	data.Ref()
	in.data, in.isData = Data{slices.Clone(data), skip}, true
	return nil
}

// dataPrefix is the length of what stands before the content, if the message is one field and ends
// with it. A field that is there twice, or has anything beside it, is for the generated code.
func dataPrefix(message mem.BufferSlice, field protowire.Number) (int, bool) {
	if len(message) == 0 {
		return 0, false
	}
	head := message[0].ReadOnlyData()
	number, kind, tag := protowire.ConsumeTag(head)
	if tag < 0 || number != field || kind != protowire.BytesType {
		return 0, false
	}
	size, length := protowire.ConsumeVarint(head[tag:])
	if length < 0 || size != uint64(message.Len()-tag-length) {
		return 0, false
	}
	return tag + length, true
}
