package journal

import "bytes"

// LongLineEnd is how much of each end of a long line is kept.
const LongLineEnd = 4 << 10

// Lines cuts a byte stream into whole lines. Memory: one line of at most Max bytes, or the two
// ends of a longer one.
type Lines struct {
	Max  int
	Put  func(record []byte) // one or more whole lines; not kept by Lines
	Long func(LongLine)

	pending  []byte // the line under way
	skipping bool   // it is too long
	head     []byte
	tail     []byte
	length   int64
}

// Write takes the next bytes of the stream.
func (l *Lines) Write(p []byte) {
	if (l.skipping || len(l.pending) > 0) && len(p) > 0 {
		n := lineLength(p)
		l.grow(p[:n])
		if p[n-1] != '\n' {
			return
		}
		l.flush()
		p = p[n:]
	}
	whole := bytes.LastIndexByte(p, '\n') + 1
	l.putAll(p[:whole])
	if whole < len(p) {
		l.grow(p[whole:])
	}
}

// putAll takes complete lines, in one record unless some may be too long.
func (l *Lines) putAll(whole []byte) {
	for len(whole) > l.Max {
		n := lineLength(whole)
		l.grow(whole[:n])
		l.flush()
		whole = whole[n:]
	}
	if len(whole) > 0 {
		l.Put(whole)
	}
}

func (l *Lines) grow(part []byte) {
	if !l.skipping && len(l.pending)+len(part) <= l.Max {
		l.pending = append(l.pending, part...)
		return
	}
	if !l.skipping {
		l.skipping = true
		l.skip(l.pending)
		l.pending = nil
	}
	l.skip(part)
}

func (l *Lines) skip(part []byte) {
	l.length += int64(len(part))
	if room := LongLineEnd - len(l.head); room > 0 {
		l.head = append(l.head, part[:min(room, len(part))]...)
	}
	part = part[max(0, len(part)-LongLineEnd):]
	if len(l.tail)+len(part) > 4*LongLineEnd {
		l.tail = append(l.tail[:0], l.tail[len(l.tail)-LongLineEnd:]...)
	}
	l.tail = append(l.tail, part...)
}

// flush ends the line under way.
func (l *Lines) flush() {
	if l.skipping {
		tail := l.tail[max(0, len(l.tail)-LongLineEnd):]
		l.Long(LongLine{Length: l.length, Head: l.head, Tail: bytes.Clone(tail)})
		l.skipping, l.head, l.tail, l.length = false, nil, nil, 0
		return
	}
	l.Put(l.pending)
	if l.pending = l.pending[:0]; cap(l.pending) > largeChunk {
		l.pending = nil
	}
}

// Close ends the stream; a last line without LF is a line too.
func (l *Lines) Close() {
	if l.skipping || len(l.pending) > 0 {
		l.flush()
	}
}
