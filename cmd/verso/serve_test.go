package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"verso/etl/ledger"
	"verso/reports/mail/mailtest"
)

// nightly adds a night to a small company: due a minute ago, so that a server
// catches it up when it starts, and then not before tomorrow.
func nightly(t *testing.T, config string, more string) {
	t.Helper()
	due := time.Now().UTC().Add(-time.Minute)
	f, err := os.OpenFile(config, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := fmt.Fprintf(f, "night: {schedule: \"%d %d * * *\", grace: 0s}\n%s", due.Minute(), due.Hour(), more); err != nil {
		t.Fatal(err)
	}
}

// served is a verso serve as a process of its own.
type served struct {
	t       *testing.T
	cmd     *exec.Cmd
	out     *heard
	address string
}

// heard is what a process writes, while it writes.
type heard struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *heard) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *heard) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

var listening = regexp.MustCompile(`"address":"(https?://[^"]+)"`)

func startServer(t *testing.T, config string, env ...string) *served {
	t.Helper()
	s := &served{t: t, out: &heard{}}
	s.cmd, _ = versoProcess(t, "serve", "-c", config, "--addr", "127.0.0.1:0", "--log-format", "json")
	s.cmd.Env = append(os.Environ(), env...)
	s.cmd.Stdout, s.cmd.Stderr = s.out, s.out
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.cmd.Process.Kill(); _ = s.cmd.Wait() })
	wait(t, s.out, "the address", func() bool {
		m := listening.FindStringSubmatch(s.out.String())
		if m != nil {
			s.address = strings.TrimSuffix(m[1], "/")
		}
		return m != nil
	})
	return s
}

// wait waits until something is so.
func wait(t *testing.T, out *heard, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); !so(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain for %s\n%s", what, out)
		}
	}
}

// get is the status and the text of an answer.
func (s *served) get(path string) (int, string) {
	s.t.Helper()
	r, err := http.Get(s.address + path)
	if err != nil {
		s.t.Fatalf("%v\n%s", err, s.out)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return r.StatusCode, string(text)
}

// stop ends the server the way systemd does, and returns its exit code.
func (s *served) stop() int {
	s.t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Fatal(err)
	}
	_ = s.cmd.Wait() // the code tells
	return s.cmd.ProcessState.ExitCode()
}

// statuses are the runs of a ledger by how they ended.
func statuses(t *testing.T, config string) []string {
	t.Helper()
	runs, err := ledger.Read(filepath.Join(filepath.Dir(config), "warehouse"))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, r := range runs {
		out = append(out, r.Status)
	}
	return out
}

// running is the process of the refresh that runs, 0 when none does.
func running(t *testing.T, config string) int {
	t.Helper()
	runs, err := ledger.Read(filepath.Join(filepath.Dir(config), "warehouse"))
	if err != nil {
		t.Fatal(err)
	}
	if len(runs) == 0 || runs[len(runs)-1].Status != ledger.StatusRunning {
		return 0
	}
	return runs[len(runs)-1].Process.PID
}

func want(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// A refresh that is killed takes nothing with it: the server answers on, the
// people named in the configuration are told by mail and webhook, and told again
// when the next refresh has published. Then the digest comes.
func TestKilledChildIsToldAndTheServerStays(t *testing.T) {
	needsAssets(t)
	if testing.Short() {
		t.Skip("refreshes several times")
	}
	config := smallCompany(t, t.TempDir())
	post := &mailtest.Server{User: "verso", Password: "s3cret-pass"}
	post.Start(t)
	var mu sync.Mutex
	var hooks []string
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var m struct{ Subject string }
		err := json.NewDecoder(r.Body).Decode(&m)
		mu.Lock()
		defer mu.Unlock()
		hooks = append(hooks, fmt.Sprint(m.Subject, " ", r.Header.Get("Authorization"), err))
	}))
	defer hook.Close()
	nightly(t, config, fmt.Sprintf(`alerts:
  email: {host: 127.0.0.1, port: %d, user: verso, password_env: MAIL_PASSWORD, from: "verso <verso@example.org>", to: [ops@example.org]}
  webhook: {url_env: HOOK, header_env: {Authorization: HOOK_TOKEN}}
  on: [failure]
digest: {url: "https://reports.example.org", readers: [{to: li@example.org, lang: zh}]}
`, post.Port))
	s := startServer(t, config, "MAIL_PASSWORD=s3cret-pass", "SSL_CERT_FILE="+post.CA, "HOOK="+hook.URL+"/s3cret-path", "HOOK_TOKEN=s3cret-token")
	if code, text := s.get("/"); code != 503 {
		t.Errorf("before the first publication: %d %s", code, text)
	}
	if code, text := s.get("/readyz"); code != 503 || !strings.Contains(text, "nothing is published yet") {
		t.Errorf("readiness: %d %s", code, text)
	}
	pid := 0
	wait(t, s.out, "a refresh", func() bool { pid = running(t, config); return pid != 0 })
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	wait(t, s.out, "the mail", func() bool { return len(post.Mails()) == 1 })
	if code, text := s.get("/healthz"); code != 200 {
		t.Errorf("%d %s", code, text)
	}
	wait(t, s.out, "the metrics", func() bool {
		_, text := s.get("/metrics")
		return strings.Contains(text, `verso_runs_total{status="died"} 1`) && strings.Contains(text, "verso_alerts_pending 0")
	})
	refresh, out := versoProcess(t, "refresh", "-c", config)
	refresh.Env = s.cmd.Env
	if err := refresh.Run(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if code, _ := s.get("/"); code != 200 {
		t.Errorf("the site after publication: %d", code)
	}
	if code, text := s.get("/readyz"); code != 200 {
		t.Errorf("readiness after publication: %d %s", code, text)
	}
	wait(t, s.out, "the digest", func() bool { return len(post.Mails()) == 3 })
	mails := post.Mails()
	for i, part := range []string{"Subject: Small company: the refresh died", "Subject: Small company: over: the refresh died", "cid:months@verso"} {
		if !mails[i].Encrypted || mails[i].User != "verso" || !strings.Contains(strings.ReplaceAll(mails[i].Data, "=\r\n", ""), part) {
			t.Errorf("mail %d holds no %q: %s", i, part, mails[i].Data)
		}
	}
	mu.Lock()
	want(t, strings.Join(hooks, "; "), "Small company: the refresh died s3cret-token<nil>; Small company: over: the refresh died s3cret-token<nil>")
	mu.Unlock()
	if strings.Contains(s.out.String()+out.String(), "s3cret") {
		t.Error("a secret is in the log")
	}
	if code := s.stop(); code != 0 {
		t.Errorf("stopped with %d\n%s", code, s.out)
	}
}

// Two servers on one warehouse refresh it once.
func TestTwoServersOneWarehouse(t *testing.T) {
	needsAssets(t)
	if testing.Short() {
		t.Skip("refreshes")
	}
	config := smallCompany(t, t.TempDir())
	nightly(t, config, "")
	first, second := startServer(t, config), startServer(t, config)
	for _, s := range []*served{first, second} {
		wait(t, s.out, "the publication", func() bool { code, _ := s.get("/readyz"); return code == 200 })
	}
	time.Sleep(500 * time.Millisecond)
	want(t, strings.Join(statuses(t, config), " "), ledger.StatusSucceeded)
	for _, s := range []*served{first, second} {
		if strings.Contains(s.out.String(), "nightly refresh failed") {
			t.Errorf("%s", s.out)
		}
		if code := s.stop(); code != 0 {
			t.Errorf("stopped with %d\n%s", code, s.out)
		}
	}
}

// A server that is told to stop ends its refresh cleanly; the next one catches
// the night up. One that is killed leaves its refresh to finish, and the next
// one does not run it again.
func TestStoppedAndKilledServers(t *testing.T) {
	needsAssets(t)
	if testing.Short() {
		t.Skip("refreshes several times")
	}
	config := smallCompany(t, t.TempDir())
	nightly(t, config, "")
	s := startServer(t, config)
	wait(t, s.out, "a refresh", func() bool { return running(t, config) != 0 })
	if code := s.stop(); code != 0 {
		t.Errorf("stopped with %d\n%s", code, s.out)
	}
	want(t, strings.Join(statuses(t, config), " "), ledger.StatusInterrupted)
	s = startServer(t, config)
	wait(t, s.out, "a refresh", func() bool { return running(t, config) != 0 })
	if err := s.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	s = startServer(t, config)
	wait(t, s.out, "the publication", func() bool { code, _ := s.get("/readyz"); return code == 200 })
	want(t, strings.Join(statuses(t, config), " "), ledger.StatusInterrupted+" "+ledger.StatusSucceeded)
	if code, text := s.get("/"); code != 200 || !strings.Contains(text, "Small company") {
		t.Errorf("%d %s", code, text)
	}
}
