package archive

import (
	"bufio"
	"bytes"
	"io"

	"dev.warren/bridge/internal/bridgepb"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Memory of the coders: about 1 MiB for gzip, and for zstd at most 8 MiB to write and, as archives
// of others may use larger windows, 32 MiB to read. One thread each.
const (
	writeWindow = 4 << 20
	readWindow  = 32 << 20
)

var (
	gzipMagic = []byte{0x1f, 0x8b}
	zstdMagic = []byte{0x28, 0xb5, 0x2f, 0xfd}
)

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }

func compressor(w io.Writer, c bridgepb.Compression) (io.WriteCloser, error) {
	switch c {
	case bridgepb.Compression_COMPRESSION_UNSPECIFIED, bridgepb.Compression_COMPRESSION_NONE:
		return nopCloser{w}, nil
	case bridgepb.Compression_COMPRESSION_GZIP:
		return gzip.NewWriter(w), nil
	case bridgepb.Compression_COMPRESSION_ZSTD:
		return zstd.NewWriter(w, zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true),
			zstd.WithWindowSize(writeWindow))
	}
	return nil, invalid("compression %d is not known", c)
}

// decompressor recognises what it reads unless it was told.
func decompressor(r io.Reader, c bridgepb.Compression) (io.Reader, func(), error) {
	buffered := bufio.NewReaderSize(r, 64<<10)
	if c == bridgepb.Compression_COMPRESSION_UNSPECIFIED {
		c = recognise(buffered)
	}
	switch c {
	case bridgepb.Compression_COMPRESSION_NONE:
		return buffered, func() {}, nil
	case bridgepb.Compression_COMPRESSION_GZIP:
		z, err := gzip.NewReader(buffered)
		return z, func() {}, err
	case bridgepb.Compression_COMPRESSION_ZSTD:
		z, err := zstd.NewReader(buffered, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
			zstd.WithDecoderMaxWindow(readWindow), zstd.WithDecoderMaxMemory(2*readWindow))
		if err != nil {
			return nil, func() {}, err
		}
		return z, z.Close, nil
	}
	return nil, func() {}, invalid("compression %d is not known", c)
}

func recognise(r *bufio.Reader) bridgepb.Compression {
	head, _ := r.Peek(len(zstdMagic)) // an error comes again with the first read
	switch {
	case bytes.HasPrefix(head, gzipMagic):
		return bridgepb.Compression_COMPRESSION_GZIP
	case bytes.HasPrefix(head, zstdMagic):
		return bridgepb.Compression_COMPRESSION_ZSTD
	}
	return bridgepb.Compression_COMPRESSION_NONE
}
