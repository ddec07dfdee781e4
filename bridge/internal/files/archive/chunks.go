package archive

import (
	"crypto/sha256"
	"hash"
)

const chunkBytes = 256 << 10

// chunks gathers the archive into frames of one size, counts and hashes it. The buffer is reused:
// send must be done with it when it returns.
type chunks struct {
	send  func([]byte) error
	buf   []byte
	total int64
	sum   hash.Hash
}

func newChunks(send func([]byte) error) *chunks {
	return &chunks{send: send, buf: make([]byte, 0, chunkBytes), sum: sha256.New()}
}

func (c *chunks) Write(p []byte) (int, error) {
	written := 0
	for written < len(p) {
		n := min(cap(c.buf)-len(c.buf), len(p)-written)
		c.buf = append(c.buf, p[written:written+n]...)
		written += n
		if len(c.buf) == cap(c.buf) {
			if err := c.flush(); err != nil {
				return written, err
			}
		}
	}
	return written, nil
}

func (c *chunks) flush() error {
	if len(c.buf) == 0 {
		return nil
	}
	c.sum.Write(c.buf)
	c.total += int64(len(c.buf))
	err := c.send(c.buf)
	c.buf = c.buf[:0]
	return err
}
