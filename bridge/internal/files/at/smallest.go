package at

import "slices"

// Smallest returns, in order, the first names of an open directory that are not below from, at most
// limit of them, and whether there are more. However large the directory, it holds twice as many.
func Smallest(dir int, from string, limit int) (names []string, more bool, err error) {
	below := "" // once limit names are known, only what sorts before the last of them matters
	err = Scan(dir, func(name []byte) error {
		if string(name) < from {
			return nil
		}
		if below != "" && string(name) >= below {
			more = true
			return nil
		}
		names = append(names, string(name))
		if len(names) >= 2*limit {
			slices.Sort(names)
			names, more, below = names[:limit], true, names[limit]
		}
		return nil
	})
	slices.Sort(names)
	if len(names) > limit {
		names, more = names[:limit], true
	}
	return names, more, err
}

// After is the smallest name that sorts behind name.
func After(name string) string { return name + "\x00" }
