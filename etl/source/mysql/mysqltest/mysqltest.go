// Package mysqltest starts real MariaDB servers for tests. Tests that use it are
// skipped by name where MariaDB is not installed.
package mysqltest

import (
	"bytes"
	"database/sql"
	"errors"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
)

// Locked is a user that needs the password LockedPassword and may read nothing
// but the table open_to_all; root needs none.
const (
	Locked         = "locked"
	LockedPassword = "s3cret-in-test"
)

// Server is a running server, with an empty database shop.
type Server struct {
	Socket string
	Dir    string // for files that the server reads
}

// DSN is how root reaches the database shop.
func (s *Server) DSN() string { return "root@unix(" + s.Socket + ")/shop" }

// binary finds one of the server's programs, and skips the test when there is
// none.
func binary(t testing.TB, names ...string) string {
	t.Helper()
	for _, name := range names {
		for _, at := range []string{name, "/usr/sbin/" + name, "/usr/libexec/" + name} {
			if path, err := exec.LookPath(at); err == nil {
				return path
			}
		}
	}
	t.Skipf("MariaDB is not installed: no %s", names[0])
	return ""
}

// account is the user the server runs as when the test runs as root.
func account(t testing.TB) *syscall.Credential {
	if os.Geteuid() != 0 {
		return nil
	}
	u, err := user.Lookup("mysql")
	if err != nil {
		t.Skip("running as root and there is no user mysql to run a server as")
	}
	uid, _ := strconv.ParseUint(u.Uid, 10, 32)
	gid, _ := strconv.ParseUint(u.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

// Start runs a new server for the length of the test. It listens on a socket in
// a folder of its own only. files are written into that folder first, by name;
// options are further ones of the server, in which DIR stands for the folder.
func Start(t testing.TB, files map[string][]byte, options ...string) *Server {
	t.Helper()
	install, program := binary(t, "mariadb-install-db", "mysql_install_db"), binary(t, "mariadbd", "mysqld")
	credential := account(t)
	dir, err := os.MkdirTemp("/tmp", "verso-my-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if credential != nil {
		if err := os.Chown(dir, int(credential.Uid), int(credential.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	command := func(program string, args ...string) *exec.Cmd {
		cmd := exec.Command(program, args...)
		cmd.Dir = dir
		cmd.Env = []string{"PATH=/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL=C.UTF-8", "TZ=Asia/Shanghai"}
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: credential}
		return cmd
	}
	data := filepath.Join(dir, "data")
	if out, err := command(install, "--no-defaults", "--datadir="+data, "--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve").CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", install, err, out)
	}
	s := &Server{Socket: filepath.Join(dir, "my.sock"), Dir: dir}
	args := []string{"--no-defaults", "--datadir=" + data, "--socket=" + s.Socket, "--skip-networking", "--pid-file=" + filepath.Join(dir, "pid"),
		"--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=256M", "--innodb-log-file-size=256M", "--skip-log-bin", "--character-set-server=utf8mb4", "--local-infile=1"}
	for _, o := range options {
		args = append(args, strings.ReplaceAll(o, "DIR", dir))
	}
	var log bytes.Buffer
	cmd := command(program, args...)
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	gone := make(chan error, 1)
	go func() { gone <- cmd.Wait() }()
	t.Cleanup(func() {
		// It may be gone already, and ends with an error when it is killed.
		_ = cmd.Process.Signal(syscall.SIGTERM)
		select {
		case err = <-gone:
		case <-time.After(20 * time.Second):
			_ = cmd.Process.Kill()
			err = <-gone
		}
		if err != nil {
			t.Logf("MariaDB ended: %v", err)
		}
	})
	if err := s.ready(gone); err != nil {
		t.Fatalf("MariaDB does not start: %v\n%s", err, log.String())
	}
	return s
}

// ready waits until the server takes connections, and makes database and user.
func (s *Server) ready(gone chan error) error {
	db, err := sql.Open("mysql", "root@unix("+s.Socket+")/?multiStatements=true")
	if err != nil {
		return err
	}
	defer db.Close()
	// What the driver says of each attempt is no news.
	_ = mysql.SetLogger(&mysql.NopLogger{})
	for range 300 {
		if _, err = db.Exec("CREATE DATABASE shop; CREATE USER '" + Locked + "'@'localhost' IDENTIFIED BY '" + LockedPassword +
			"'; CREATE TABLE shop.open_to_all (a INT); GRANT SELECT ON shop.open_to_all TO '" + Locked + "'@'localhost'"); err == nil {
			return nil
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

// Exec runs SQL statements in the database shop.
func (s *Server) Exec(t testing.TB, statements string) {
	t.Helper()
	db, err := sql.Open("mysql", s.DSN()+"?multiStatements=true&charset=utf8mb4&lock_wait_timeout=5")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statements); err != nil {
		t.Fatalf("%v in: %s", err, strings.TrimSpace(statements[:min(len(statements), 300)]))
	}
}

// Load fills a table from text as LOAD DATA reads it: tabs, line feeds, \N.
func (s *Server) Load(t testing.TB, table string, text []byte) {
	t.Helper()
	path := filepath.Join(s.Dir, "load.txt")
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
	defer os.Remove(path)
	s.Exec(t, "SET time_zone = '+00:00'; LOAD DATA INFILE '"+path+"' INTO TABLE "+table+" CHARACTER SET utf8mb4")
}
