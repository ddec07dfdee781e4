package frames

import (
	"bytes"
	"testing"

	"dev.warren/bridge/internal/bridgepb"
	"google.golang.org/grpc/encoding"
	grpcproto "google.golang.org/grpc/encoding/proto"
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
)

const dataField = 2

func registered(t testing.TB) codec {
	t.Helper()
	c, ok := encoding.GetCodecV2(grpcproto.Name).(codec)
	if !ok {
		t.Fatal("grpc has another codec")
	}
	return c
}

// scattered is a message as the transport has it: in buffers that end anywhere.
func scattered(message []byte, size int) mem.BufferSlice {
	var buffers mem.BufferSlice
	for rest := message; len(rest) > 0; {
		n := min(max(size, 1), len(rest))
		part := bytes.Clone(rest[:n])
		buffers = append(buffers, mem.NewBuffer(&part, mem.NopBufferPool{}))
		rest = rest[n:]
	}
	return buffers
}

func generated(t testing.TB, m proto.Message) []byte {
	t.Helper()
	message, err := proto.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return message
}

func write(content []byte) *bridgepb.WriteRawRequest {
	return &bridgepb.WriteRawRequest{Frame: &bridgepb.WriteRawRequest_Data{Data: content}}
}

func TestBlock_isWhatGeneratedCodeSends(t *testing.T) {
	for _, size := range []int{0, 1, 127, 128, 16383, 16384, 256 << 10, 3 << 20} {
		content := bytes.Repeat([]byte{7}, size)
		block := NewBlock(dataField, size+10)
		copy(block.Space(), content)
		block.Cut(size)
		got, err := registered(t).Marshal(block)
		if err != nil {
			t.Fatal(err)
		}
		want := generated(t, &bridgepb.ReadRawResponse{Frame: &bridgepb.ReadRawResponse_Data{Data: content}})
		if !bytes.Equal(got.Materialize(), want) {
			t.Errorf("a block of %d bytes differs from the generated message", size)
		}
		got.Free()
	}
}

// Tests with -race see memory that is given out twice, because its contents change.
func TestBlock_isNotGivenOutAgainBeforeItIsWrittenOut(t *testing.T) {
	c := registered(t)
	first := NewBlock(dataField, 4096)
	copy(first.Space(), bytes.Repeat([]byte{1}, 4096))
	sent, _ := c.Marshal(first)
	for range 100 {
		other := NewBlock(dataField, 4096)
		copy(other.Space(), bytes.Repeat([]byte{2}, 4096))
		out, _ := c.Marshal(other)
		out.Free()
	}
	if !bytes.Equal(sent[1].ReadOnlyData(), bytes.Repeat([]byte{1}, 4096)) {
		t.Error("the memory was given out again")
	}
	sent.Free()
}

func TestReceive_takesDataWhereItLies(t *testing.T) {
	content := bytes.Repeat([]byte("0123456789"), 10_000)
	buffers := scattered(generated(t, write(content)), 16<<10)
	in := incoming{field: dataField, other: &bridgepb.WriteRawRequest{}}
	if err := registered(t).Unmarshal(buffers, &in); err != nil {
		t.Fatal(err)
	}
	if !in.isData || in.data.Len() != len(content) {
		t.Fatalf("no data, or %d bytes of it", in.data.Len())
	}
	if &in.data.Pieces()[1][0] != &buffers[1].ReadOnlyData()[0] {
		t.Error("the bytes were copied")
	}
	buffers.Free() // grpc does so, and must not take it from us
	if got := bytes.Join(in.data.Pieces(), nil); !bytes.Equal(got, content) {
		t.Error("the content differs")
	}
	in.data.Free()
}

func TestReceive_leavesOtherMessagesToGeneratedCode(t *testing.T) {
	header := &bridgepb.WriteRawRequest{Frame: &bridgepb.WriteRawRequest_Header{Header: &bridgepb.WriteRawHeader{Path: "p"}}}
	var got bridgepb.WriteRawRequest
	in := incoming{field: dataField, other: &got}
	if err := registered(t).Unmarshal(scattered(generated(t, header), 3), &in); err != nil {
		t.Fatal(err)
	}
	if in.isData || !proto.Equal(&got, header) {
		t.Errorf("got %v", &got)
	}
}

func TestFieldNumbers_areThoseOfTheProtocol(t *testing.T) {
	for _, m := range []proto.Message{&bridgepb.ReadRawResponse{}, &bridgepb.WriteRawRequest{}} {
		if n := m.ProtoReflect().Descriptor().Fields().ByName("data").Number(); n != dataField {
			t.Errorf("data of %T has the number %d", m, n)
		}
	}
}

// FuzzReceive: whatever arrives, and however it is cut up, means the same to us as to generated code.
func FuzzReceive(f *testing.F) {
	f.Add(generated(f, write([]byte("content"))), 3)
	f.Add(generated(f, write(nil)), 1)
	f.Add(append(generated(f, write([]byte("a"))), generated(f, write([]byte("b")))...), 100)
	f.Add(generated(f, &bridgepb.WriteRawRequest{Frame: &bridgepb.WriteRawRequest_Commit{Commit: &bridgepb.Commit{Bytes: 7}}}), 2)
	f.Add(append(protowire.AppendTag(nil, dataField, protowire.BytesType), 0x83, 0x80, 0x00, 1, 2, 3), 16) // an overlong length
	f.Add([]byte{0x12, 0x05, 1, 2}, 16)                                                                    // cut off
	f.Add([]byte{}, 1)
	f.Fuzz(func(t *testing.T, message []byte, size int) {
		var want, got bridgepb.WriteRawRequest
		wantErr := proto.Unmarshal(message, &want)
		buffers := scattered(message, size)
		in := incoming{field: dataField, other: &got}
		err := registered(t).Unmarshal(buffers, &in)
		buffers.Free()
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("got %v, generated code %v", err, wantErr)
		}
		if err != nil {
			return
		}
		if in.isData {
			got.Frame = &bridgepb.WriteRawRequest_Data{Data: bytes.Join(in.data.Pieces(), nil)}
			if in.data.Len() != len(got.GetData()) {
				t.Fatalf("%d bytes, and says %d", len(got.GetData()), in.data.Len())
			}
			in.data.Free()
		}
		if !proto.Equal(&got, &want) {
			t.Fatalf("got %v, generated code %v", &got, &want)
		}
	})
}
