package at

import (
	"bytes"
	"container/heap"
	"slices"
)

// Smallest returns, in order, the first names of an open directory that are not below from, at most
// limit of them, and whether there are more. However large the directory, it holds limit names.
func Smallest(dir int, from string, limit int) (names []string, more bool, err error) {
	bound := []byte(from)
	kept := maxHeap(make([]string, 0, min(limit, 64)))
	err = Scan(dir, func(name []byte) error {
		if bytes.Compare(name, bound) < 0 {
			return nil
		}
		if len(kept) < limit {
			heap.Push(&kept, string(name))
			return nil
		}
		more = true
		if string(name) < kept[0] {
			kept[0] = string(name)
			heap.Fix(&kept, 0)
		}
		return nil
	})
	slices.Sort(kept)
	return kept, more, err
}

// After is the smallest name that sorts behind name.
func After(name string) string { return name + "\x00" }

type maxHeap []string

func (h maxHeap) Len() int           { return len(h) }
func (h maxHeap) Less(i, j int) bool { return h[i] > h[j] }
func (h maxHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *maxHeap) Push(x any)        { *h = append(*h, x.(string)) }
func (h *maxHeap) Pop() any {
	last := len(*h) - 1
	x := (*h)[last]
	*h = (*h)[:last]
	return x
}
