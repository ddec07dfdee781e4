package spawn

import (
	"slices"
	"testing"
)

func TestEnvironmentIsLayered(t *testing.T) {
	base := []string{"PATH=/bin", "HOME=/root", "LANG=C", "NPM_A=1", "NPM_B=2", "WARREN_SECRET=x", "TERM=dumb"}
	cases := []struct {
		name string
		env  Environment
		want []string
	}{
		{"the bridge's own without its variables", Environment{Base: base},
			[]string{"HOME=/root", "LANG=C", "NPM_A=1", "NPM_B=2", "PATH=/bin", "TERM=dumb"}},
		{"clean", Environment{Base: base, Clean: true}, []string{"HOME=/root", "PATH=/bin", "TERM=dumb"}},
		{"a PATH in any case", Environment{Clean: true}, []string{"PATH=" + DefaultPath}},
		{"unset before set", Environment{Base: base, Unset: []string{"NPM_*", "LANG", "TERM"}, Set: map[string]string{"NPM_A": "new"}},
			[]string{"HOME=/root", "NPM_A=new", "PATH=/bin"}},
		{"another user's home, unless set", Environment{Base: base, Clean: true, User: &User{Name: "app", Home: "/home/app"}, Set: map[string]string{"USER": "other"}},
			[]string{"HOME=/home/app", "LOGNAME=app", "PATH=/bin", "TERM=dumb", "USER=other"}},
		{"markers win", Environment{Clean: true, Set: map[string]string{"PATH": "/x", "M": "1"}, Always: map[string]string{"M": "2"}},
			[]string{"M=2", "PATH=/x"}},
		{"values are kept as they are", Environment{Clean: true, Set: map[string]string{"PATH": "", "A": "b=c d\n#'"}},
			[]string{"A=b=c d\n#'", "PATH="}},
	}
	for _, c := range cases {
		if got := c.env.List(); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q", c.name, got)
		}
	}
}
