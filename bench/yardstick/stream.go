package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"

	"google.golang.org/grpc"
	"google.golang.org/grpc/mem"
)

const (
	frame = 256 << 10
	// As in the bridge, so that both have the same transport.
	window = 8 << 20
)

// raw passes messages as bytes: []byte out, their number in.
type raw struct{}

func (raw) Name() string { return "raw" }

func (raw) Marshal(v any) (mem.BufferSlice, error) {
	data, ok := v.([]byte)
	if !ok {
		return nil, fmt.Errorf("cannot send a %T", v)
	}
	return mem.BufferSlice{mem.SliceBuffer(data)}, nil
}

func (raw) Unmarshal(data mem.BufferSlice, v any) error {
	switch target := v.(type) {
	case *int:
		*target = data.Len()
	case *uint64:
		*target = binary.BigEndian.Uint64(data.Materialize())
	default:
		return fmt.Errorf("cannot receive a %T", v)
	}
	return nil
}

// up counts the bytes that come in, and answers with an empty message.
func up(_ any, call grpc.ServerStream) error {
	for {
		var size int
		if err := call.RecvMsg(&size); errors.Is(err, io.EOF) {
			return call.SendMsg([]byte{})
		} else if err != nil {
			return err
		}
	}
}

// down sends as many bytes as it is asked for.
func down(_ any, call grpc.ServerStream) error {
	var rest uint64
	if err := call.RecvMsg(&rest); err != nil {
		return err
	}
	for data := make([]byte, frame); rest > 0; {
		data = data[:min(frame, rest)]
		if err := call.SendMsg(data); err != nil {
			return err
		}
		rest -= uint64(len(data))
	}
	return nil
}

func stream(socket string) error {
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}
	server := grpc.NewServer(grpc.ForceServerCodecV2(raw{}),
		grpc.StaticStreamWindowSize(window), grpc.StaticConnWindowSize(window))
	server.RegisterService(&grpc.ServiceDesc{
		ServiceName: "yardstick.Stream",
		HandlerType: (*any)(nil),
		Streams: []grpc.StreamDesc{
			{StreamName: "Up", Handler: up, ClientStreams: true},
			{StreamName: "Down", Handler: down, ServerStreams: true},
		},
	}, struct{}{})
	return server.Serve(listener)
}
