package at

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"

	"golang.org/x/sys/unix"
)

// Revision is an opaque mark of a file's state: where it is, its size and its two change times.
//
// It cannot see a change within the same tick of the kernel's clock (1 to 4 ms; finer since Linux
// 6.13) that keeps inode and size, bytes written through a shared mapping before the kernel notes
// them, or a change after which the clock was set back to just the old time.
func Revision(st *unix.Stat_t) string {
	var b [56]byte
	for i, v := range []uint64{
		st.Dev, st.Ino, uint64(st.Size),
		uint64(st.Mtim.Sec), uint64(st.Mtim.Nsec), uint64(st.Ctim.Sec), uint64(st.Ctim.Nsec),
	} {
		binary.LittleEndian.PutUint64(b[8*i:], v)
	}
	sum := sha256.Sum256(b[:])
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}
