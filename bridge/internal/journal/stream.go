package journal

import (
	"bytes"
	"sort"
)

const (
	smallChunk = 4 << 10
	// With its frame around it a chunk fills a 64 KiB buffer of grpc, and not half of a 128 KiB one.
	largeChunk = 64<<10 - 256
)

// segment is a run of bytes, or one long line of which only the ends were kept.
type segment struct {
	start int64
	data  []byte
	long  *LongLine
	pins  int // senders that are reading data right now
}

func (s *segment) end() int64 {
	if s.long != nil {
		return s.start + s.long.Length
	}
	return s.start + int64(len(s.data))
}

func (s *segment) weight() int {
	if s.long != nil {
		return len(s.long.Head) + len(s.long.Tail)
	}
	return len(s.data)
}

// stream is a contiguous range of one output stream. Bytes once written are never changed in
// place, so a sender reads them without the lock and without a copy.
type stream struct {
	segments   []*segment
	start, end int64
	held       int // bytes of memory that count against the budget
	lines      bool
	lastLine   int64  // offset of the newest line
	spare      []byte // one used chunk, kept to save the allocation and its zeroing
}

// space returns room for the next read: the rest of the last chunk, or a new one. Chunks grow with
// the output, so that an idle process holds 4 KiB.
func (s *stream) space() []byte {
	size := smallChunk
	if n := len(s.segments); n > 0 {
		last := s.segments[n-1]
		if last.long == nil && len(last.data) < cap(last.data) {
			return last.data[len(last.data):cap(last.data)]
		}
		size = min(largeChunk, max(smallChunk, 4*cap(last.data)))
	}
	return s.open(size)[:size]
}

// open starts a segment at the end of the stream.
func (s *stream) open(size int) []byte {
	chunk := s.spare
	if cap(chunk) < size {
		chunk = make([]byte, 0, size)
	} else {
		s.spare = nil
	}
	s.segments = append(s.segments, &segment{start: s.end, data: chunk[:0]})
	return chunk[:0]
}

// extend takes n bytes, which were read into space().
func (s *stream) extend(n int) {
	last := s.segments[len(s.segments)-1]
	last.data = last.data[:len(last.data)+n]
	s.end += int64(n)
	s.held += n
}

func (s *stream) put(record []byte) {
	for len(s.segments) > 0 {
		last := s.segments[len(s.segments)-1]
		if last.long == nil && cap(last.data)-len(last.data) >= len(record) {
			break
		}
		s.open(max(len(record), min(largeChunk, max(smallChunk, 4*cap(last.data)))))
	}
	if len(s.segments) == 0 {
		s.open(max(len(record), smallChunk))
	}
	s.lastLine = s.end + int64(bytes.LastIndexByte(record[:len(record)-1], '\n')+1)
	last := s.segments[len(s.segments)-1]
	copy(last.data[len(last.data):cap(last.data)], record)
	s.extend(len(record))
}

func (s *stream) putLong(line LongLine) {
	seg := &segment{start: s.end, long: &line}
	s.segments = append(s.segments, seg)
	s.lastLine = s.end
	s.end = seg.end()
	s.held += seg.weight()
}

// release forgets everything below offset. The last chunk stays while it has room: the pump may be
// reading into its rest.
func (s *stream) release(offset int64) {
	offset = min(offset, s.end)
	for len(s.segments) > 0 {
		first := s.segments[0]
		if first.end() > offset {
			if first.long == nil && offset > s.start {
				s.held -= int(offset - s.start)
				s.start = offset
			}
			return
		}
		s.held -= first.weight() - s.consumed(first)
		s.start = first.end()
		if len(s.segments) == 1 && len(first.data) < cap(first.data) {
			return
		}
		s.remove(first)
	}
}

// consumed is the part of the first segment that was released before.
func (s *stream) consumed(first *segment) int {
	if first.long != nil {
		return 0
	}
	return int(s.start - first.start)
}

func (s *stream) remove(first *segment) {
	if first.pins == 0 && cap(first.data) == largeChunk {
		s.spare = first.data
	}
	s.segments[0] = nil
	if s.segments = s.segments[1:]; len(s.segments) == 0 {
		s.segments = nil
	}
}

// drop forgets at least n bytes of memory, in lines mode up to the end of a line; the newest line
// always stays.
func (s *stream) drop(n int) {
	for n > 0 && s.held > 0 && !(s.lines && s.start >= s.lastLine) {
		first := s.segments[0]
		before := s.held
		rest := first.data[s.consumed(first):]
		to := first.end()
		if first.long == nil && n < len(rest) {
			to = s.start + int64(n)
			if s.lines {
				to += int64(lineLength(rest[n-1:]) - 1)
			}
		}
		if s.lines {
			to = min(to, s.lastLine)
		}
		s.release(to)
		n -= before - s.held
	}
}

func (s *stream) find(offset int64) *segment {
	i := sort.Search(len(s.segments), func(i int) bool { return s.segments[i].end() > offset })
	return s.segments[i]
}
