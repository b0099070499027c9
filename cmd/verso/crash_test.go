package main

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"verso/etl/ledger"
	"verso/olap/engine"
)

// versoProcess is verso as a process of its own (see TestMain).
func versoProcess(t *testing.T, args ...string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	// The test binary is verso when it is called so.
	link := filepath.Join(t.TempDir(), "verso")
	if err := os.Symlink(self, link); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(link, args...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	return cmd, &out
}

const kills = 50

// TestKilledRefresh kills a refresh at random moments: the last generation
// stays intact, and in the end the next run succeeds and leaves nothing behind.
func TestKilledRefresh(t *testing.T) {
	if testing.Short() {
		t.Skip("kills 50 processes")
	}
	dir := t.TempDir()
	config := smallCompany(t, dir)
	started := time.Now()
	cmd, out := versoProcess(t, "refresh", "-c", config)
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	whole := time.Since(started)
	want := fingerprint(t, dir)
	rng := rand.New(rand.NewPCG(11, 50))
	killed := 0
	for i := range kills {
		cmd, out := versoProcess(t, "refresh", "-c", config)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(rng.Float64() * float64(whole) * 1.05))
		if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err != nil {
			killed++
			if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || !status.Signaled() {
				t.Fatalf("kill %d: the refresh failed by itself: %v\n%s", i, err, out)
			}
		}
		if got := fingerprint(t, dir); got != want {
			t.Fatalf("after kill %d the published generation holds %s, want %s", i, got, want)
		}
	}
	if killed < kills/3 {
		t.Errorf("only %d of %d refreshes were still running when killed", killed, kills)
	}
	cmd, out = versoProcess(t, "refresh", "-c", config)
	if err := cmd.Run(); err != nil {
		t.Fatalf("the run after the kills: %v\n%s", err, out)
	}
	if got := fingerprint(t, dir); got != want {
		t.Errorf("the run after the kills published %s, want %s", got, want)
	}
	noLeftovers(t, dir)
	runs, err := ledger.Read(filepath.Join(dir, "warehouse"))
	if err != nil {
		t.Fatal(err)
	}
	died := 0
	for _, r := range runs {
		if r.Status == ledger.StatusDied {
			died++
		}
	}
	t.Logf("%d of %d refreshes (%.1f s each) were killed while running; the ledger names %d as died", killed, kills, whole.Seconds(), died)
}

// fingerprint is what must not change: rows and sums of the published facts.
func fingerprint(t *testing.T, dir string) string {
	t.Helper()
	w := openTestWarehouse(t, dir)
	defer w.Close()
	s, err := w.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Release()
	row, err := engine.One(t.Context(), s.DB(), engine.SQL(
		"SELECT (SELECT count(*) || ' lines, net ' || sum(net) FROM core.fact_order_line) || ', ' || (SELECT count(*) FROM score.rfm) || ' scored' AS f"))
	if err != nil {
		t.Fatal(err)
	}
	return engine.Text(row[0])
}

// noLeftovers fails when a finished run left drafts, logs or temporary files.
func noLeftovers(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		for _, ending := range []string{".tmp", ".draft", ".wal", ".next", ".old"} {
			if strings.HasSuffix(path, ending) {
				t.Errorf("left behind: %s", path)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	generations, err := filepath.Glob(filepath.Join(dir, "warehouse", "generations", "*"))
	if err != nil || len(generations) > 2 {
		t.Errorf("%d files in generations, keep is 2 (%v)", len(generations), err)
	}
}

func TestTwoRefreshesAtOnce(t *testing.T) {
	dir := t.TempDir()
	config := smallCompany(t, dir)
	w := openTestWarehouse(t, dir)
	unlock, err := w.Lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, stderr := verso(t, exitLocked, "refresh", "-c", config)
	if !strings.Contains(stderr, "refreshing") {
		t.Errorf("the message does not say that another refresh is going on: %s", stderr)
	}
	if err := unlock(); err != nil {
		t.Fatal(err)
	}
	verso(t, exitDone, "refresh", "-c", config)
}

func TestInterruptedRefresh(t *testing.T) {
	dir := t.TempDir()
	config := smallCompany(t, dir)
	verso(t, exitDone, "refresh", "-c", config)
	before := fingerprint(t, dir)
	cmd, out := versoProcess(t, "refresh", "-c", config)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, func() bool {
		runs, _ := ledger.Read(filepath.Join(dir, "warehouse"))
		return len(runs) == 2
	})
	verso(t, exitLocked, "refresh", "-c", config)
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != exitInterrupted {
		t.Fatalf("ended with %v, want exit code %d\n%s", err, exitInterrupted, out)
	}
	if !strings.Contains(out.String(), "interrupted") {
		t.Errorf("the message does not say interrupted: %s", out)
	}
	if got := fingerprint(t, dir); got != before {
		t.Errorf("published %s, want %s", got, before)
	}
	noLeftovers(t, dir)
	runs, err := ledger.Read(filepath.Join(dir, "warehouse"))
	if err != nil || runs[len(runs)-1].Status != ledger.StatusInterrupted {
		t.Errorf("the ledger does not name the run interrupted: %+v %v", runs, err)
	}
}

// TestInterruptedQuestion stops a statement in its worker process with Ctrl-C
// and with SIGTERM.
func TestInterruptedQuestion(t *testing.T) {
	dir := t.TempDir()
	config := smallCompany(t, dir)
	verso(t, exitDone, "refresh", "-c", config, "--skip", "models")
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		cmd, out := versoProcess(t, "sql", "SELECT count(*) FROM range(1000000000000)", "-c", config)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(700 * time.Millisecond)
		asked := time.Now()
		if err := cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		var exit *exec.ExitError
		if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != exitInterrupted {
			t.Errorf("%v: ended with %v, want exit code %d\n%s", signal, err, exitInterrupted, out)
		}
		if took := time.Since(asked); took > 5*time.Second {
			t.Errorf("%v: it took %v to end", signal, took)
		}
	}
}

func waitFor(t *testing.T, reached func() bool) {
	t.Helper()
	for range 2000 {
		if reached() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("waited ten seconds in vain")
}

// TestFullDisk fills the disk that holds warehouse and site to several degrees,
// so that it overflows in different steps. Each time the refresh says so, what
// is published stays, and nothing is left behind; with room again it succeeds.
func TestFullDisk(t *testing.T) {
	if testing.Short() {
		t.Skip("five refreshes")
	}
	dir := filepath.Join(t.TempDir(), "small")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("verso-test", dir, "tmpfs", 0, "size=64m"); err != nil {
		t.Skipf("a small file system cannot be mounted here: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	config := smallCompany(t, dir)
	verso(t, exitDone, "refresh", "-c", config)
	before := fingerprint(t, dir)
	ballast := filepath.Join(dir, "ballast")
	for _, free := range []int64{0, 1 << 19, 4 << 20} {
		fill(t, ballast, free)
		var out, errs bytes.Buffer
		code := run(t.Context(), []string{"refresh", "-c", config}, strings.NewReader(""), &out, &errs)
		if code == exitDone {
			t.Fatalf("%d KB are enough", free>>10)
		}
		message := errs.String()[strings.LastIndex(errs.String(), "verso:"):]
		t.Logf("%5d KB free: %s", free>>10, message)
		if code != exitFailed || !strings.Contains(message, "disk") || !strings.Contains(message, "is full") {
			t.Errorf("with %d bytes free: exit code %d, and the message does not say that the disk is full: %s", free, code, message)
		}
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
		if got := fingerprint(t, dir); got != before {
			t.Errorf("published %s, want %s", got, before)
		}
		noLeftovers(t, dir)
	}
	verso(t, exitDone, "refresh", "-c", config)
	noLeftovers(t, dir)
}

// fill writes a file that leaves so many bytes of its disk free.
func fill(t *testing.T, path string, free int64) {
	t.Helper()
	var s syscall.Statfs_t
	if err := syscall.Statfs(filepath.Dir(path), &s); err != nil {
		t.Fatal(err)
	}
	size := int64(s.Bavail)*s.Bsize - free
	if size < 0 {
		t.Fatalf("the disk has %d bytes less than %d", -size, free)
	}
	if err := os.WriteFile(path, make([]byte, size), 0o644); err != nil {
		t.Fatal(err)
	}
}
