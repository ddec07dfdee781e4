package spawn

import (
	"bufio"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/fault"
	"google.golang.org/grpc/codes"
)

// User is an account of the sandbox. The files are read here because a static binary has no NSS.
type User struct {
	Name   string
	Home   string
	UID    uint32
	GID    uint32
	Groups []uint32
}

// Accounts are the files users and groups are looked up in.
type Accounts struct{ Passwd, Group string }

// SystemAccounts are those of the sandbox.
var SystemAccounts = Accounts{Passwd: "/etc/passwd", Group: "/etc/group"}

// Lookup finds "name", "uid", "name:group" or "uid:gid". A uid needs no account: its group is then
// the gid of the same number and its home "/". An explicit group stands alone, without the
// supplementary groups of the account.
func (a Accounts) Lookup(spec string) (*User, error) {
	name, group, explicit := strings.Cut(spec, ":")
	user, err := a.user(name)
	if err != nil {
		return nil, err
	}
	if !explicit {
		user.Groups = a.memberships(user.Name)
		return user, nil
	}
	gid, ok := a.gid(group)
	if !ok {
		return nil, unknown("group", group, a.Group)
	}
	user.GID, user.Groups = gid, []uint32{}
	return user, nil
}

func (a Accounts) user(name string) (*User, error) {
	uid, numeric := number(name)
	for fields := range records(a.Passwd, 7) {
		if fields[0] != name && !(numeric && fields[2] == name) {
			continue
		}
		entryUID, ok1 := number(fields[2])
		gid, ok2 := number(fields[3])
		if ok1 && ok2 {
			return &User{Name: fields[0], Home: orRoot(fields[5]), UID: entryUID, GID: gid}, nil
		}
	}
	if numeric {
		return &User{Name: name, Home: "/", UID: uid, GID: uid}, nil
	}
	return nil, unknown("user", name, a.Passwd)
}

func (a Accounts) gid(name string) (uint32, bool) {
	for fields := range records(a.Group, 3) {
		if fields[0] == name {
			return number(fields[2])
		}
	}
	return number(name)
}

func (a Accounts) memberships(name string) []uint32 {
	groups := []uint32{}
	for fields := range records(a.Group, 4) {
		if gid, ok := number(fields[2]); ok && slices.Contains(strings.Split(fields[3], ","), name) {
			groups = append(groups, gid)
		}
	}
	return groups
}

// Credential returns what the kernel needs, or nil where the bridge runs as this user already and
// could not set it anyway.
func (u *User) Credential() *syscall.Credential {
	if u == nil || os.Getuid() != 0 && int(u.UID) == os.Getuid() && int(u.GID) == os.Getgid() {
		return nil
	}
	return &syscall.Credential{Uid: u.UID, Gid: u.GID, Groups: u.Groups}
}

// records yields the fields of each line that has at least so many.
func records(path string, least int) func(yield func([]string) bool) {
	return func(yield func([]string) bool) {
		file, err := os.Open(path)
		if err != nil {
			return
		}
		defer file.Close()
		for lines := bufio.NewScanner(file); lines.Scan(); {
			fields := strings.Split(lines.Text(), ":")
			if len(fields) >= least && !strings.HasPrefix(fields[0], "#") && !yield(fields) {
				return
			}
		}
	}
}

func number(s string) (uint32, bool) {
	n, err := strconv.ParseUint(s, 10, 32)
	return uint32(n), err == nil && n != 1<<32-1
}

func orRoot(home string) string {
	if home == "" {
		return "/"
	}
	return home
}

func unknown(kind, name, file string) error {
	return fault.New(codes.NotFound, bridgepb.Reason_REASON_USER_NOT_FOUND,
		"no %s %q in %s of the sandbox: add it to the image, or give a number", kind, name, file)
}
