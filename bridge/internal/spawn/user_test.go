package spawn

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/fault"
)

func TestUsersAreFoundInTheFilesOfTheSandbox(t *testing.T) {
	dir := t.TempDir()
	accounts := Accounts{Passwd: filepath.Join(dir, "passwd"), Group: filepath.Join(dir, "group")}
	write(t, accounts.Passwd, "root:x:0:0:root:/root:/bin/sh\nbroken line\napp:x:1000:1001::/home/app:/bin/sh\nbare:x:7:8:::\n")
	write(t, accounts.Group, "root:x:0:\nstaff:x:50:app,other\ndocker:x:99:app\n")
	cases := map[string]*User{
		"app":       {Name: "app", Home: "/home/app", UID: 1000, GID: 1001, Groups: []uint32{50, 99}},
		"1000":      {Name: "app", Home: "/home/app", UID: 1000, GID: 1001, Groups: []uint32{50, 99}},
		"bare":      {Name: "bare", Home: "/", UID: 7, GID: 8, Groups: []uint32{}},
		"4242":      {Name: "4242", Home: "/", UID: 4242, GID: 4242, Groups: []uint32{}},
		"app:staff": {Name: "app", Home: "/home/app", UID: 1000, GID: 50, Groups: []uint32{}},
		"app:77":    {Name: "app", Home: "/home/app", UID: 1000, GID: 77, Groups: []uint32{}},
	}
	for spec, want := range cases {
		if got, err := accounts.Lookup(spec); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, %v", spec, got, err)
		}
	}
	for _, spec := range []string{"ghost", "app:ghosts", "-1", "4294967295", ":", "app:"} {
		if got, err := accounts.Lookup(spec); fault.ReasonOf(err) != bridgepb.Reason_REASON_USER_NOT_FOUND {
			t.Errorf("%q: got %+v, %v", spec, got, err)
		}
	}
}

func TestAnImageWithoutAccountsHasNumericUsers(t *testing.T) {
	none := Accounts{Passwd: "/nonexistent", Group: "/nonexistent"}
	if got, err := none.Lookup("0"); err != nil || got.UID != 0 || got.Home != "/" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}
