package warehouse_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"verso/olap/engine"
	"verso/olap/warehouse"
)

// The tests run their own binary again as a process that may be killed, or that
// runs as a user with fewer rights.
const childVariable = "VERSO_WAREHOUSE_CHILD"

func TestMain(m *testing.M) {
	mode, dir, isChild := strings.Cut(os.Getenv(childVariable), ":")
	if !isChild {
		os.Exit(m.Run())
	}
	var err error
	switch mode {
	case "refresh":
		err = refreshForEver(dir)
	case "mark":
		err = markOnce(dir)
	case "begin":
		err = beginOnce(dir)
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	os.Exit(0)
}

func child(t *testing.T, mode, dir string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	must(t, err)
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), childVariable+"="+mode+":"+dir)
	return cmd
}

// rowsOf is how many rows the generation of a marker holds.
func rowsOf(marker int64) int64 { return 200_000 + marker%7 }

// refreshForEver publishes one generation after the other and prints the marker
// of each, until it is killed.
func refreshForEver(dir string) error {
	w, err := warehouse.Open(dir, openDuck)
	if err != nil {
		return err
	}
	ctx := context.Background()
	for {
		d, err := w.Begin(ctx, "run")
		if err != nil {
			return err
		}
		var marker int64
		if _, err := fmt.Sscanf(filepath.Base(d.Path()), "%08d-", &marker); err != nil {
			return err
		}
		half := rowsOf(marker) / 2
		for _, s := range []string{
			`CREATE SCHEMA core`,
			fmt.Sprintf(`CREATE TABLE core.t AS SELECT %d AS "marker", range AS "n" FROM range(%d)`, marker, half),
			fmt.Sprintf(`INSERT INTO core.t SELECT %d, range FROM range(%d)`, marker, rowsOf(marker)-half),
			`CREATE TABLE core.sums AS SELECT sum(n) AS "s" FROM core.t`,
		} {
			if _, err := d.DB().Exec(ctx, engine.SQL(s)); err != nil {
				return err
			}
		}
		if _, err := d.Publish(ctx); err != nil {
			return err
		}
		fmt.Println(marker)
		if _, err := w.Prune(2); err != nil {
			return err
		}
	}
}

func TestKilledAtAnyMoment(t *testing.T) {
	kills := 50
	if testing.Short() {
		kills = 8
	}
	dir := t.TempDir()
	random := rand.New(rand.NewPCG(1, 2))
	last, between := int64(0), 0
	cycle := oneCycle(t, dir)
	for range kills {
		said := killedChild(t, dir, time.Duration(random.Float64()*3*float64(cycle)))
		last = max(last, said)
		if len(files(t, dir)) > 0 {
			between += checkAfterKill(t, dir, last)
		}
	}
	t.Logf("%d kills within 3 × %v, %d generations published, %d kills left an unfinished draft", kills, cycle, last, between)
}

// oneCycle measures how long a refresh takes on this machine under its present
// load, so that the kills fall into all of its parts.
func oneCycle(t *testing.T, dir string) time.Duration {
	t.Helper()
	cmd := child(t, "refresh", dir)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		t.Fatal("the refreshing process published nothing")
	}
	began := time.Now()
	if !lines.Scan() {
		t.Fatal("the refreshing process published once only")
	}
	return time.Since(began)
}

// killedChild lets a refreshing process run for the given time after its first
// sign of life and kills it. It returns the last marker the process reported.
func killedChild(t *testing.T, dir string, after time.Duration) (last int64) {
	t.Helper()
	cmd := child(t, "refresh", dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	for range 5000 { // until it has the lock: then it is past its start
		if text, _ := os.ReadFile(filepath.Join(dir, "LOCK")); strings.HasPrefix(string(text), fmt.Sprint(cmd.Process.Pid)) {
			break
		}
		time.Sleep(time.Millisecond)
	}
	time.Sleep(after)
	must(t, cmd.Process.Kill())
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, err := fmt.Sscan(lines.Text(), &last); err != nil {
			t.Errorf("the refreshing process failed: %s", lines.Text())
		}
	}
	_ = cmd.Wait()
	return last
}

// checkAfterKill reads the published generation, begins and discards a draft,
// and returns 1 if the kill had left one unfinished.
func checkAfterKill(t *testing.T, dir string, atLeast int64) (left int) {
	t.Helper()
	w := open(t, dir)
	defer w.Close()
	for _, name := range files(t, dir) {
		if strings.HasSuffix(name, ".draft") {
			left = 1
		}
	}
	if atLeast > 0 {
		row, err := look(t.Context(), w)
		must(t, err)
		marker := row[0].(int64)
		if marker < atLeast || row[1] != rowsOf(marker) || row[2] != int64(1) {
			t.Fatalf("published generation %v after %d was reported", row, atLeast)
		}
	}
	d, err := w.Begin(t.Context(), "after-kill")
	must(t, err)
	for _, name := range files(t, dir) {
		if !strings.HasSuffix(name, ".duckdb") && name != filepath.Base(d.Path()) && name != filepath.Base(d.Path())+".wal" {
			t.Errorf("%s was left behind", name)
		}
	}
	must(t, d.Discard())
	return left
}

// beginOnce is what an ordinary user may do.
func beginOnce(dir string) error {
	w, err := warehouse.Open(dir, openDuck)
	if err != nil {
		return err
	}
	d, err := w.Begin(context.Background(), "run")
	if err != nil {
		return err
	}
	return d.Discard()
}

func TestPermissionDenied(t *testing.T) {
	dir, err := os.MkdirTemp("/tmp", "verso-denied") // reachable for every user
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	w := open(t, dir)
	publish(t, w, "good", 1, 1)
	must(t, os.Chmod(dir, 0o555))
	t.Cleanup(func() { os.Chmod(dir, 0o755) })
	cmd := child(t, "begin", dir)
	if os.Getuid() == 0 {
		self, err := os.ReadFile(cmd.Path)
		must(t, err)
		copied := filepath.Join(dir, "self.test") // the build folder is closed to others
		must(t, os.WriteFile(copied, self, 0o755))
		cmd.Path, cmd.Args = copied, []string{copied}
		cmd.Dir = dir
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "permission denied: run as the owner of the folder") {
		t.Fatalf("%v: %s", err, out)
	}
}
