package main

import (
	"encoding/csv"
	"math/big"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"verso/olap/sqlworker"
	"verso/reports/page/pagetest"
)

// TestMain lets the test binary stand in for verso, so that scripts and crash
// tests run the real command line as a process.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == sqlworker.Argument { // verso's SQL worker is this binary
		os.Exit(sqlworker.Main(os.Stdin, os.Stdout))
	}
	testscript.Main(tests{m}, map[string]func(){"verso": main})
}

// TestScripts runs testdata/script/*.txtar: commands with the output and the
// exit code they must have.
func TestScripts(t *testing.T) {
	needsAssets(t)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       pagetest.Updating(),
		RequireExplicitExec: true,
		ContinueOnError:     true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("NO_COLOR", "1")
			e.Setenv("HOME", e.WorkDir)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "sums": sums},
	})
}

// exits CODE COMMAND... runs a command that must end with that exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND [ARG...]")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := "0"
	if exit, ok := err.(interface{ ExitCode() int }); ok {
		got = strconv.Itoa(exit.ExitCode())
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got != args[0] {
		ts.Fatalf("%v: exit code %s, want %s", args[1:], got, args[0])
	}
}

// sums WANT COLUMN FILE adds a column of a CSV file up, exactly.
func sums(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: sums WANT COLUMN FILE")
	}
	records, err := csv.NewReader(strings.NewReader(ts.ReadFile(args[2]))).ReadAll()
	ts.Check(err)
	at := slices.Index(records[0], args[1])
	if at < 0 {
		ts.Fatalf("%s has no column %s: %v", args[2], args[1], records[0])
	}
	total := new(big.Rat)
	for _, r := range records[1:] {
		n, ok := new(big.Rat).SetString(r[at])
		if !ok {
			ts.Fatalf("%s: %q is no number", args[2], r[at])
		}
		total.Add(total, n)
	}
	if want, ok := new(big.Rat).SetString(args[0]); !ok || total.Cmp(want) != 0 {
		ts.Fatalf("%s of %s adds up to %s, want %s", args[1], args[2], total.FloatString(4), args[0])
	}
}
