package initd

import "syscall"

const (
	prSetDumpable       = 4
	prSetChildSubreaper = 36

	closeRangeCloexec = 4
)

func prctl(option, value uintptr) error {
	if _, _, errno := syscall.RawSyscall6(syscall.SYS_PRCTL, option, value, 0, 0, 0, 0); errno != 0 {
		return errno
	}
	return nil
}

// Shield makes this process undumpable: others of the same user can neither trace it nor read its
// memory, environment and descriptors.
func Shield() { _ = prctl(prSetDumpable, 0) }

// KeepDescriptorsPrivate closes, at the next exec, what our parent may have leaked to us.
func KeepDescriptorsPrivate() {
	_, _, _ = syscall.RawSyscall(sysCloseRange, 3, ^uintptr(0)>>32, closeRangeCloexec)
}

// The same number on every architecture; package syscall is too old to know it.
const sysCloseRange = 436
