package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
)

// The companies that tests share: one as it is shown, with its planted truths held
// against what was found; one without effects; a small one; and one with faults
// in its data.
var (
	company  = []string{"--verify", "--scale", "0.3"}
	placebo  = []string{"--verify", "--scale", "0.2", "--placebo"}
	smallest = []string{"--scale", "0.05"}
	dirty    = []string{"--scale", "0.02", "--dirty"}
)

// sharedCompany is a generated company that several tests read.
type sharedCompany struct {
	once   sync.Once
	dir    string
	stdout string
	err    error
}

// shared holds the companies by the arguments they are made with.
var shared struct {
	sync.Mutex
	root      string
	companies map[string]*sharedCompany
}

// demoCompany is the folder of a demo company made with the arguments, and what
// making it printed. It is made once for all tests that ask for it: they read it
// and change nothing.
func demoCompany(t *testing.T, args ...string) (dir, stdout string) {
	t.Helper()
	if testing.Short() {
		t.Skip("builds a company")
	}
	needsAssets(t)
	shared.Lock()
	c := shared.companies[strings.Join(args, " ")]
	if c == nil {
		c = &sharedCompany{dir: filepath.Join(shared.root, fmt.Sprint(len(shared.companies)))}
		shared.companies[strings.Join(args, " ")] = c
	}
	shared.Unlock()
	c.once.Do(func() {
		var out, errs bytes.Buffer
		c.err = errors.New("making it did not end")
		code := run(t.Context(), append([]string{"demo", "--dir", c.dir}, args...), strings.NewReader(""), &out, &errs)
		c.stdout, c.err = out.String(), nil
		if code != exitDone {
			c.err = fmt.Errorf("exit code %d\n%s\n%s", code, out.String(), errs.String())
		}
	})
	if c.err != nil {
		t.Fatalf("verso demo %s: %v", strings.Join(args, " "), c.err)
	}
	return c.dir, c.stdout
}

// tests runs the tests of the package as the program runs, and clears away what
// they shared.
type tests struct{ *testing.M }

func (m tests) Run() int {
	debug.SetGCPercent(collect)
	root, err := os.MkdirTemp("", "verso-shared-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(root)
	shared.root, shared.companies = root, map[string]*sharedCompany{}
	return m.M.Run()
}
