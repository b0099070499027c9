package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"verso/etl/demo/verify"
)

// errNotFound tells that a planted truth was not found, or one that was not
// planted was.
var errNotFound = errors.New("the warehouse does not show what was planted")

// runVerify holds the published generation of the demo company in a folder
// against what was planted in it; a folder without one gets it first.
func (a *app) runVerify(ctx context.Context, f demoFlags, build func() error) error {
	truth, err := truthFolder(f.options.Dir)
	if err != nil {
		if err := build(); err != nil {
			return err
		}
		if truth, err = truthFolder(f.options.Dir); err != nil {
			return err
		}
	}
	a.configPath = filepath.Join(f.options.Dir, "verso.yaml")
	p, err := a.openPublished(ctx, "en")
	if err != nil {
		return err
	}
	defer p.close()
	conn, err := p.snapshot.DB().Conn(ctx)
	if err != nil {
		return err
	}
	results, err := verify.Run(ctx, conn, truth)
	if closed := conn.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return a.printTruths(results)
}

// truthFolder is where the demo company of a folder keeps its truths.
func truthFolder(dir string) (string, error) {
	for _, path := range []string{filepath.Join(dir, "truth"), filepath.Join(dir, "company", "truth")} {
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%s has no demo company: verso demo --dir %s generates it", dir, dir)
}

func (a *app) printTruths(results []verify.Result) error {
	w := a.stdout
	part := ""
	for _, r := range results {
		if r.Part != part {
			part = r.Part
			fmt.Fprintf(w, "%s\n", part)
		}
		verdict := "accepted"
		switch {
		case r.Absent:
			verdict = "not planted here"
		case !r.Accepted:
			verdict = "NOT ACCEPTED"
		}
		fmt.Fprintf(w, "  %-24s %s\n", r.Name, r.What)
		if !r.Absent {
			fmt.Fprintf(w, "  %-24s planted %s; found %s\n", "", r.Planted, r.Found)
		}
		fmt.Fprintf(w, "  %-24s %s: %s\n", "", verdict, r.Accept)
	}
	failed := verify.Failed(results)
	absent := 0
	for _, r := range results {
		if r.Absent {
			absent++
		}
	}
	fmt.Fprintf(w, "%d truths: %d accepted, %d not accepted, %d not planted in this company\n", len(results), len(results)-len(failed)-absent, len(failed), absent)
	if len(failed) > 0 {
		return fmt.Errorf("%w: %d of %d, the first is %s", errNotFound, len(failed), len(results), failed[0].Name)
	}
	return nil
}
