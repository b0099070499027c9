package main

import (
	"bytes"
	"cmp"
	"os"
	"strings"
	"testing"
)

// TestVerify generates the company and holds every planted truth against what
// was found: all are accepted. VERSO_SEEDS names other seeds, as in 1,2,3, and
// VERSO_SCALE another size.
func TestVerify(t *testing.T) {
	t.Parallel()
	scale, seeds := os.Getenv("VERSO_SCALE"), os.Getenv("VERSO_SEEDS")
	if scale == "" && seeds == "" {
		dir, out := demoCompany(t, company...)
		verified(t, dir, out)
		return
	}
	if testing.Short() {
		t.Skip("builds a company")
	}
	needsAssets(t)
	for _, seed := range strings.Split(cmp.Or(seeds, "1"), ",") {
		t.Run("seed "+seed, func(t *testing.T) {
			dir := t.TempDir()
			out, _ := verso(t, exitDone, "demo", "--verify", "--dir", dir, "--scale", cmp.Or(scale, "0.3"), "--seed", seed)
			verified(t, dir, out)
		})
	}
}

// verified looks at what making and verifying a company said, and asks again.
func verified(t *testing.T, dir, out string) {
	t.Helper()
	if !strings.Contains(out, ", 0 not accepted, 0 not planted") {
		t.Errorf("%s", out)
	}
	again, _ := verso(t, exitDone, "demo", "--verify", "--dir", dir)
	if strings.Contains(again, "generated") || !strings.HasSuffix(out, again) {
		t.Errorf("asked again:\n%s\nafter\n%s", again, out)
	}
}

// In a company without effects nothing is found that was not planted.
func TestVerifyPlacebo(t *testing.T) {
	t.Parallel()
	_, out := demoCompany(t, placebo...)
	if !strings.Contains(out, ", 0 not accepted, ") || strings.Contains(out, ", 0 not planted") {
		t.Errorf("%s", out)
	}
	// Of 86 customers some rows cannot be accepted: it says which, and ends.
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), []string{"demo", "--verify", "--dir", t.TempDir(), "--scale", "0.01", "--placebo"}, strings.NewReader(""), &stdout, &stderr)
	said := strings.Contains(stdout.String(), ", 0 not accepted, ")
	if strings.Contains(stderr.String(), "panic") || !strings.Contains(stdout.String(), " truths: ") || said != (code == exitDone) {
		t.Errorf("exit code %d\n%s\n%s", code, stdout.String(), stderr.String())
	}
}
