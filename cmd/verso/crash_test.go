package main

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
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

// kills is how many refreshes are killed: 10, or as VERSO_KILLS says.
func kills(t *testing.T) int {
	t.Helper()
	text := os.Getenv("VERSO_KILLS")
	if text == "" {
		return 10
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("VERSO_KILLS=%s is no number of refreshes", text)
	}
	return n
}

// TestKilledRefresh kills refreshes at random moments, in turn increments over
// orders that have come and customers that have changed, and refreshes that read
// everything anew. After some the power fails too: what was written and not yet
// published is torn. The last generation stays intact, the next run succeeds with
// nothing lost or doubled, and nothing is left behind.
func TestKilledRefresh(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("kills many processes")
	}
	dir := t.TempDir()
	config := incrementalCompany(t, dir)
	started := time.Now()
	cmd, out := versoProcess(t, "refresh", "-c", config)
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	whole := time.Since(started)
	published, rest := sales(t, dir)
	rng := rand.New(rand.NewPCG(11, 50))
	count, killed, torn := kills(t), 0, 0
	for i := range count {
		oneMoreDay(t, dir, i)
		args := []string{"refresh", "-c", config}
		if i%3 == 2 {
			args = append(args, "--full")
		}
		cmd, out := versoProcess(t, args...)
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
			if i%2 == 1 {
				torn += tear(t, dir, rng)
			}
		}
		now, left := sales(t, dir)
		// One that goes on from a refresh that died publishes what that one had landed.
		if now < published || now > 2400+i+1 || left != rest {
			t.Fatalf("after kill %d the published generation holds %d lines and %s; before it held %d lines and %s", i, now, left, published, rest)
		}
		published = now
		if i%10 == 9 || i == count-1 {
			verso(t, exitDone, "refresh", "-c", config)
			verso(t, exitDone, "refresh", "-c", config) // what came after the landing that the first went on from
			if published, left = sales(t, dir); published != 2400+i+1 || left != rest {
				t.Fatalf("the run after kill %d published %d lines and %s, want %d lines and %s", i, published, left, 2400+i+1, rest)
			}
			changed := figure(t, generation(t, dir), "SELECT count(*) FROM core.dim_customer WHERE name LIKE 'Day %'")
			if want := strconv.Itoa(min(i+1, 300)); changed != want {
				t.Fatalf("the run after kill %d knows %s customers that changed, want %s", i, changed, want)
			}
			noLeftovers(t, dir)
		}
	}
	sameAsLanded(t, dir, config)
	if killed < count/3 {
		t.Errorf("only %d of %d refreshes were still running when killed", killed, count)
	}
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
	t.Logf("%d of %d refreshes (%.1f s each) were killed while running, %d files torn; the ledger names %d as died", killed, count, whole.Seconds(), torn, died)
}

// incrementalCompany is the small company with its order lines in a folder of
// daily files, and everything else compared.
func incrementalCompany(t *testing.T, dir string) string {
	t.Helper()
	config := smallCompany(t, dir)
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.NewReplacer("keep: 2\n", "keep: 2\nwarehouse: warehouse\n", "path: order_line.csv", "path: lines/*.csv",
		"    from: order_line\n", "    from: order_line\n    incremental: {by: files}\n",
		"    from: order_header\n", "    from: order_header\n    incremental: {compare: true}\n",
		"    from: customer\n", "    from: customer\n    incremental: {compare: true}\n").Replace(string(text))
	if err := os.WriteFile(config, []byte(changed), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "lines"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(dir, "order_line.csv"), filepath.Join(dir, "lines", "0000.csv")); err != nil {
		t.Fatal(err)
	}
	return config
}

// oneMoreDay adds an order of one line, 10.00, to the sources, and a customer
// changes its name.
func oneMoreDay(t *testing.T, dir string, day int) {
	t.Helper()
	add := func(name, text string) {
		f, err := os.OpenFile(filepath.Join(dir, name), os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o644)
		if err == nil {
			_, err = f.WriteString(text)
			err = errors.Join(err, f.Close())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	add("order_header.csv", fmt.Sprintf("%d,A%d,%d,2025-12-%02d,web\n", 900+day, 900+day, 1+day%300, 1+day%28))
	add(fmt.Sprintf("lines/%04d.csv", day+1), fmt.Sprintf("line_id,order_id,line_no,title_text,qty_ordered,unit_price,discount_pct\n%d,%d,1,Title 1,1,10.00,0\n", 3000+day, 900+day))
	customers, err := os.ReadFile(filepath.Join(dir, "customer.csv"))
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf(",C%04d,", 1+day%300)
	before, after, _ := strings.Cut(string(customers), name)
	_, after, _ = strings.Cut(after, ",")
	if err := os.WriteFile(filepath.Join(dir, "customer.csv"), []byte(before+name+fmt.Sprintf("Day %d,", day)+after), 0o644); err != nil {
		t.Fatal(err)
	}
}

// sameAsLanded rebuilds from landing in another warehouse and compares.
func sameAsLanded(t *testing.T, dir, config string) {
	t.Helper()
	r := &replayed{t: t, dir: dir, config: config}
	other, warehouse := r.elsewhere("rebuilt")
	copyTree(t, filepath.Join(dir, "warehouse", "landing"), filepath.Join(warehouse, "landing"))
	verso(t, exitDone, "refresh", "-c", other, "--skip", "site", "--from-landing")
	for _, d := range compareGenerations(t, generationFile(t, dir), generationFile(t, filepath.Join(dir, "rebuilt"))).differences {
		t.Error(d)
	}
}

// tear does to what was written and not yet forced to the disk what a power loss
// may do: a file ends anywhere, or its end is zeros. It returns how many it tore.
func tear(t *testing.T, dir string, rng *rand.Rand) (torn int) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join(dir, "warehouse"), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name := d.Name()
		if !strings.Contains(name, ".draft") && !strings.HasPrefix(name, ".running-") && !strings.HasSuffix(name, ".tmp") && !strings.HasSuffix(name, ".new") &&
			filepath.Base(filepath.Dir(path)) != "tmp" {
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		torn++
		at := rng.Int64N(info.Size() + 1)
		if err := os.Truncate(path, at); err != nil || rng.IntN(2) == 0 {
			return err
		}
		return os.Truncate(path, info.Size())
	})
	if err != nil {
		t.Fatal(err)
	}
	return torn
}

// sales are the order lines that are published and what they add up to but for
// the lines of 10.00 added since.
func sales(t *testing.T, dir string) (lines int, rest string) {
	t.Helper()
	db, release := pinned(t, dir)
	defer release()
	const sql = "SELECT count(*) AS n, CAST(sum(net) - 10 * (count(*) - 2400) AS VARCHAR) || ' in ' || (SELECT count(DISTINCT line_id) - count(*) FROM core.fact_order_line) FROM core.fact_order_line"
	row, err := engine.One(t.Context(), db, engine.SQL(sql))
	if err != nil {
		t.Fatal(err)
	}
	n, _ := engine.Int(row[0])
	return int(n), engine.Text(row[1])
}

// fingerprint is what must not change: rows and sums of the published facts.
func fingerprint(t *testing.T, dir string) string {
	t.Helper()
	db, release := pinned(t, dir)
	defer release()
	row, err := engine.One(t.Context(), db, engine.SQL(
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
	if err := syscall.Mount("verso-test", dir, "tmpfs", 0, "size=192m"); err != nil {
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
