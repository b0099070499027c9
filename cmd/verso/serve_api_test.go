package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// certify writes a certificate of this machine, of its own signing, with a
// serial number.
func certify(t *testing.T, cert, key string, serial int64) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalECPrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "EC PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// companyConfig is a configuration in a folder of its own for the shared company.
func companyConfig(t *testing.T, more string) string {
	t.Helper()
	dir, _ := demoCompany(t, smallest...)
	text, err := os.ReadFile(filepath.Join(dir, "verso.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	own := regexp.MustCompile(`(?m)^(warehouse|site):.*$`).ReplaceAll(text, nil)
	path := filepath.Join(t.TempDir(), "verso.yaml")
	own = append(own, []byte("\nwarehouse: "+filepath.Join(dir, "warehouse")+"\nsite: "+filepath.Join(dir, "site")+"\n"+more)...)
	if err := os.WriteFile(path, own, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// The server answers by TLS, takes a new certificate and new limits on SIGHUP
// without closing connections, keeps the old ones where the new are wrong, and
// refuses names that it does not have.
func TestServeTLSAndReload(t *testing.T) {
	needsAssets(t)
	config := companyConfig(t, "serve: {tls: {cert: server.crt, key: server.key}, limits: {page: 3}}\n")
	cert, key := filepath.Join(filepath.Dir(config), "server.crt"), filepath.Join(filepath.Dir(config), "server.key")
	certify(t, cert, key, 1)
	s := startServer(t, config)
	if !strings.HasPrefix(s.address, "https://") {
		t.Fatal(s.address)
	}
	var seen *x509.Certificate
	client := func() *http.Client {
		return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	}
	ask := func(c *http.Client, path, body, host string) (res *http.Response, text string) {
		res, text = s.post(c, path, body, host)
		seen = res.TLS.PeerCertificates[0]
		return res, text
	}
	const question = "sales by year show net"
	kept := client()
	res, text := ask(kept, "/api/v1/query", question, "")
	if res.StatusCode != http.StatusOK || strings.Count(text, `"given":1`) != 3 || seen.SerialNumber.Int64() != 1 || res.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("%d %v %s", res.StatusCode, res.Header, text)
	}
	if res, _ := ask(kept, "/api/v1/query", question, "evil.example"); res.StatusCode != http.StatusForbidden && res.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("by another name: %d", res.StatusCode)
	}
	certify(t, cert, key, 2)
	was, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(config, bytes.Replace(was, []byte("page: 3"), []byte("page: 5"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	s.hangup(`"msg":"reloaded"`)
	if _, text := ask(kept, "/api/v1/query", question, ""); strings.Count(text, `"given":1`) != 5 || seen.SerialNumber.Int64() != 1 {
		t.Errorf("the old connection: certificate %v, %s", seen.SerialNumber, text)
	}
	if ask(client(), "/api/v1/query", question, ""); seen.SerialNumber.Int64() != 2 {
		t.Errorf("a new connection has certificate %v", seen.SerialNumber)
	}
	if err := os.WriteFile(cert, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.hangup("was not reloaded")
	if ask(client(), "/api/v1/query", question, ""); seen.SerialNumber.Int64() != 2 {
		t.Errorf("after a wrong certificate: %v", seen.SerialNumber)
	}
	scraped, err := client().Get(s.address + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer scraped.Body.Close()
	numbers, err := io.ReadAll(scraped.Body)
	if err != nil || !strings.Contains(string(numbers), `verso_api_requests_total{door="query",outcome="ok"} 4`) {
		t.Errorf("%v %s", err, regexp.MustCompile(`(?m)^verso_api.*$`).FindAllString(string(numbers), -1))
	}
	if !strings.Contains(s.out.String(), `"msg":"request"`) {
		t.Error("no access log")
	}
	if code := s.stop(); code != exitDone {
		t.Errorf("exit code %d\n%s", code, s.out)
	}
}

// post sends a question by a client to the server under a name, "" for its own.
func (s *served) post(c *http.Client, path, body, host string) (*http.Response, string) {
	s.t.Helper()
	r, err := http.NewRequest(http.MethodPost, s.address+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Host = host
	r.Header.Set("Content-Type", "text/plain")
	res, err := c.Do(r)
	if err != nil {
		s.t.Fatalf("%v\n%s", err, s.out)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return res, string(text)
}

// hangup sends SIGHUP and waits until the server says once more what it is to say.
func (s *served) hangup(said string) {
	s.t.Helper()
	before := strings.Count(s.out.String(), said)
	if err := s.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		s.t.Fatal(err)
	}
	wait(s.t, s.out, said, func() bool { return strings.Count(s.out.String(), said) > before })
}
