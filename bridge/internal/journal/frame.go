package journal

import "bytes"

// LongLine is a line over the limit.
type LongLine struct {
	Length     int64
	Head, Tail []byte
}

// Frame is the next thing to send of a stream: data, a long line, or a gap. From == To: nothing.
type Frame struct {
	From, To int64
	Data     []byte
	Long     *LongLine
	segment  *segment
}

// Next returns what follows at an offset: at most limit bytes, in lines mode whole lines. The
// frame must be given back with Done.
func (j *Journal) Next(s Stream, at int64, limit int) Frame {
	j.mu.Lock()
	defer j.mu.Unlock()
	st := &j.streams[s]
	switch {
	case at >= st.end:
		return Frame{}
	case at < st.start:
		return Frame{From: at, To: st.start}
	}
	seg := st.find(at)
	if seg.long != nil {
		if at > seg.start {
			return Frame{From: at, To: seg.end()}
		}
		return Frame{From: at, To: seg.end(), Long: seg.long}
	}
	rest := seg.data[at-seg.start:]
	if st.lines && at > seg.start && seg.data[at-seg.start-1] != '\n' {
		return Frame{From: at, To: at + int64(lineLength(rest))}
	}
	data := rest[:min(limit, len(rest))]
	if st.lines && len(data) < len(rest) {
		if cut := bytes.LastIndexByte(data, '\n'); cut >= 0 {
			data = data[:cut+1]
		} else {
			data = rest[:lineLength(rest)]
		}
	}
	seg.pins++
	return Frame{From: at, To: at + int64(len(data)), Data: data, segment: seg}
}

func lineLength(data []byte) int {
	if i := bytes.IndexByte(data, '\n'); i >= 0 {
		return i + 1
	}
	return len(data)
}

// Done gives a frame back: its data may be reused from now on.
func (j *Journal) Done(f Frame) {
	if f.segment == nil {
		return
	}
	j.mu.Lock()
	f.segment.pins--
	j.mu.Unlock()
}
