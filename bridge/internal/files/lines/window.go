// Package lines cuts a window of lines out of a text of any size.
package lines

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
)

const (
	bufferBytes = 64 << 10
	probeBytes  = 8 << 10
)

// Window is what is wanted, and its limits. All of them are positive.
type Window struct {
	First    int64
	MaxLines int64
	MaxBytes int
	MaxChars int
}

// Page is what was found.
type Page struct {
	Content  string
	Lines    int64 // in Content
	Total    int64 // in the text; a last line without LF counts
	CutLines int64
	Binary   bool // a NUL early on: nothing else is filled in
}

// Read passes over the whole text once. It holds the content, one line of at most MaxBytes, and a
// buffer of 64 KiB, however long the text and its lines are.
func Read(ctx context.Context, text io.Reader, w Window) (Page, error) {
	r := bufio.NewReaderSize(text, bufferBytes)
	head, err := r.Peek(probeBytes)
	if err != nil && !errors.Is(err, io.EOF) {
		return Page{}, err
	}
	if bytes.IndexByte(head, 0) >= 0 {
		return Page{Binary: true}, nil
	}
	c := collector{window: w}
	c.keepMax = min(w.MaxBytes, 4*min(w.MaxChars, w.MaxBytes)) + 4
	if err := collect(ctx, r, &c); err != nil && !errors.Is(err, io.EOF) {
		return Page{}, err
	}
	if c.length > 0 {
		c.endLine()
	}
	return c.page(), nil
}

// collect ends with io.EOF, as readers do.
func collect(ctx context.Context, r *bufio.Reader, c *collector) error {
	for !c.done() {
		if err := ctx.Err(); err != nil {
			return err
		}
		piece, err := r.ReadSlice('\n')
		c.add(piece)
		if err == nil {
			c.endLine()
		} else if !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
	return count(ctx, r, c)
}

func count(ctx context.Context, r io.Reader, c *collector) error {
	buf := make([]byte, bufferBytes)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := r.Read(buf)
		c.skim(buf[:n])
		if err != nil {
			return err
		}
	}
}
