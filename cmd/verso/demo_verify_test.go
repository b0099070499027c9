package main

import (
	"os"
	"strings"
	"testing"
)

// TestVerify generates the company and holds every planted truth against what
// was found: all are accepted. VERSO_SEEDS names other seeds, as in 1,2,3, and
// VERSO_SCALE another size.
func TestVerify(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("builds a company")
	}
	needsAssets(t)
	scale := os.Getenv("VERSO_SCALE")
	if scale == "" {
		scale = "0.3"
	}
	seeds := os.Getenv("VERSO_SEEDS")
	if seeds == "" {
		seeds = "1"
	}
	for _, seed := range strings.Split(seeds, ",") {
		t.Run("seed "+seed, func(t *testing.T) {
			dir := t.TempDir()
			out, _ := verso(t, exitDone, "demo", "--verify", "--dir", dir, "--scale", scale, "--seed", seed)
			if !strings.Contains(out, ", 0 not accepted, 0 not planted") {
				t.Errorf("%s", out)
			}
			again, _ := verso(t, exitDone, "demo", "--verify", "--dir", dir)
			if strings.Contains(again, "generated") || !strings.HasSuffix(out, again) {
				t.Errorf("asked again:\n%s\nafter\n%s", again, out)
			}
		})
	}
}

// In a company without effects nothing is found that was not planted.
func TestVerifyPlacebo(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("builds a company")
	}
	needsAssets(t)
	out, _ := verso(t, exitDone, "demo", "--verify", "--dir", t.TempDir(), "--scale", "0.1", "--placebo")
	if !strings.Contains(out, ", 0 not accepted, ") || strings.Contains(out, ", 0 not planted") {
		t.Errorf("%s", out)
	}
	if _, errs := verso(t, exitDone, "demo", "--verify", "--dir", t.TempDir(), "--scale", "0.01", "--placebo"); strings.Contains(errs, "panic") {
		t.Error(errs)
	}
}
