package server

import (
	"context"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// alias lets clients name the root by its usual path (/data) where it is a directory of a host
// instead: in the host's process runtime. Empty: there is none.
type alias string

// pathFields are the fields of requests that hold a path.
var pathFields = map[protoreflect.Name]bool{"path": true, "from": true, "to": true, "root": true, "cwd": true}

func (a alias) unary(ctx context.Context, req any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	a.rewrite(req)
	return next(ctx, req)
}

func (a alias) stream(service any, stream grpc.ServerStream, _ *grpc.StreamServerInfo, next grpc.StreamHandler) error {
	return next(service, &aliasedStream{ServerStream: stream, alias: a})
}

type aliasedStream struct {
	grpc.ServerStream
	alias alias
}

func (s *aliasedStream) RecvMsg(m any) error {
	err := s.ServerStream.RecvMsg(m)
	if err == nil {
		s.alias.rewrite(m)
	}
	return err
}

func (a alias) rewrite(m any) {
	if message, ok := m.(proto.Message); ok && a != "" {
		a.visit(message.ProtoReflect())
	}
}

func (a alias) visit(m protoreflect.Message) {
	m.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		switch {
		case field.IsList() || field.IsMap():
		case field.Kind() == protoreflect.MessageKind:
			a.visit(value.Message())
		case field.Kind() == protoreflect.StringKind && pathFields[field.Name()]:
			m.Set(field, protoreflect.ValueOfString(a.resolve(value.String())))
		}
		return true
	})
}

// resolve makes a path at or below the alias relative, which is what starts at the root.
func (a alias) resolve(path string) string {
	rest, found := strings.CutPrefix(path, string(a))
	if a == "" || !found || rest != "" && rest[0] != '/' {
		return path
	}
	return strings.TrimLeft(rest, "/")
}
