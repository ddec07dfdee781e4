package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"

	"golang.org/x/sys/unix"
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
	if buffer, ok := v.(mem.Buffer); ok {
		return mem.BufferSlice{buffer}, nil
	}
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
	case *mem.BufferSlice:
		data.Ref()
		*target = slices.Clone(data)
	case *uint64:
		*target = binary.BigEndian.Uint64(data.Materialize())
	default:
		return fmt.Errorf("cannot receive a %T", v)
	}
	return nil
}

// store is the file that the calls with a file behind them write and read.
type store string

var blocks = mem.NewTieredBufferPool(frame)

// up writes what comes in to a new file, syncs it, and answers with an empty message: the least that
// anything can do that keeps a file.
func (s store) up(_ any, call grpc.ServerStream) error {
	file, err := os.Create(string(s))
	if err != nil {
		return err
	}
	defer file.Close()
	for {
		var data mem.BufferSlice
		if err := call.RecvMsg(&data); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return err
		}
		pieces := make([][]byte, 0, len(data))
		for _, piece := range data {
			pieces = append(pieces, piece.ReadOnlyData())
		}
		size := data.Len()
		n, err := unix.Writev(int(file.Fd()), pieces)
		data.Free()
		if err == nil && n < size {
			err = io.ErrShortWrite
		}
		if err != nil {
			return err
		}
	}
	if err := file.Sync(); err != nil {
		return err
	}
	return call.SendMsg([]byte{})
}

// down sends as many bytes of the file as it is asked for.
func (s store) down(_ any, call grpc.ServerStream) error {
	var rest uint64
	if err := call.RecvMsg(&rest); err != nil {
		return err
	}
	file, err := os.Open(string(s))
	if err != nil {
		return err
	}
	defer file.Close()
	for rest > 0 {
		data := blocks.Get(int(min(frame, rest))) // grpc may still hold the one before
		size := len(*data)
		if _, err := io.ReadFull(file, *data); err != nil {
			return err
		}
		if err := call.SendMsg(mem.NewBuffer(data, blocks)); err != nil {
			return err
		}
		rest -= uint64(size)
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

// stream serves on a socket; the calls with a file behind them have theirs beside it.
func stream(socket string) error {
	behind := store(socket + ".file")
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
			{StreamName: "UpFile", Handler: behind.up, ClientStreams: true},
			{StreamName: "DownFile", Handler: behind.down, ServerStreams: true},
		},
	}, struct{}{})
	return server.Serve(listener)
}
