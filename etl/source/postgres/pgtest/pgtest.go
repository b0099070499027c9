// Package pgtest starts real PostgreSQL servers for tests. Tests that use it are
// skipped by name where PostgreSQL is not installed.
package pgtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Locked is a role that needs the password LockedPassword; all others are let in.
const (
	Locked         = "locked"
	LockedPassword = "s3cret-in-test"
)

// Binary finds one of PostgreSQL's programs, in the PATH or where Debian puts
// them, and skips the test when there is none.
func Binary(t testing.TB, name string) string {
	t.Helper()
	if path, err := exec.LookPath(name); err == nil && name != "psql" {
		return path
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	slices.Sort(found)
	if len(found) > 0 {
		return found[len(found)-1]
	}
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("PostgreSQL is not installed: no %s", name)
	}
	return path
}

// account is the user the server runs as: PostgreSQL refuses to be root.
func account(t testing.TB) *syscall.Credential {
	if os.Geteuid() != 0 {
		return nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		t.Skip("running as root and there is no user postgres to run a server as")
	}
	uid, _ := strconv.ParseUint(u.Uid, 10, 32)
	gid, _ := strconv.ParseUint(u.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

// Start runs a new, empty server for the length of the test and returns the DSN
// of its database postgres. It listens on a socket in a folder of its own only.
func Start(t testing.TB) (dsn string) {
	t.Helper()
	initdb, server := Binary(t, "initdb"), Binary(t, "postgres")
	credential := account(t)
	dir, err := os.MkdirTemp("/tmp", "verso-pg-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if credential != nil {
		if err := os.Chown(dir, int(credential.Uid), int(credential.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	command := func(program string, args ...string) *exec.Cmd {
		cmd := exec.Command(program, args...)
		cmd.Dir = dir
		cmd.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "TZ=UTC"}
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: credential}
		return cmd
	}
	data := filepath.Join(dir, "data")
	if out, err := command(initdb, "-D", data, "-U", "postgres", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8").CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	hba := "local all " + Locked + " scram-sha-256\nlocal all all trust\n"
	if err := os.WriteFile(filepath.Join(data, "pg_hba.conf"), []byte(hba), 0o600); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	cmd := command(server, "-D", data, "-k", dir, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "full_page_writes=off",
		"-c", "max_wal_size=4GB", "-c", "shared_buffers=256MB", "-c", "autovacuum=off")
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	gone := make(chan error, 1)
	go func() { gone <- cmd.Wait() }()
	t.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGINT) // fast shutdown
		select {
		case <-gone:
		case <-time.After(20 * time.Second):
			cmd.Process.Kill()
			<-gone
		}
	})
	dsn = fmt.Sprintf("host=%s port=5432 user=postgres dbname=postgres sslmode=disable", dir)
	if err := ready(dsn, gone); err != nil {
		t.Fatalf("PostgreSQL does not start: %v\n%s", err, log.String())
	}
	Exec(t, dsn, "CREATE ROLE "+Locked+" LOGIN PASSWORD '"+LockedPassword+"'")
	return dsn
}

// ready waits until the server takes connections.
func ready(dsn string, gone chan error) error {
	var err error
	for range 300 {
		var c *pgx.Conn
		if c, err = pgx.Connect(context.Background(), dsn); err == nil {
			return c.Close(context.Background())
		}
		select {
		case e := <-gone:
			gone <- e
			return errors.Join(e, err)
		case <-time.After(100 * time.Millisecond):
		}
	}
	return err
}

// Exec runs SQL statements.
func Exec(t testing.TB, dsn, sql string) {
	t.Helper()
	ctx := context.Background()
	c, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	if _, err := c.PgConn().Exec(ctx, sql).ReadAll(); err != nil {
		t.Fatalf("%v in: %s", err, strings.TrimSpace(sql[:min(len(sql), 300)]))
	}
}

// Load runs a file written for psql, such as a dump.
func Load(t testing.TB, dsn, sqlfile string) {
	t.Helper()
	cmd := exec.Command(Binary(t, "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", sqlfile, dsn)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("psql -f %s: %v\n%s", sqlfile, err, out[max(0, len(out)-2000):])
	}
}
