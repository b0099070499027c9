//go:build duckdb_arrow

package flight_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"verso/olap/api/flight"
)

// TestJDBC comes over TLS, with a token, by Apache Arrow's JDBC driver, where Java
// is installed and VERSO_JDBC names the driver's jar.
func TestJDBC(t *testing.T) {
	java, err := exec.LookPath("java")
	if err != nil {
		t.Skip("skipped: java is not installed")
	}
	jar := os.Getenv("VERSO_JDBC")
	if jar == "" {
		t.Skip("skipped: VERSO_JDBC names no flight-sql-jdbc-driver-*.jar (of Maven Central's org.apache.arrow)")
	}
	certificate, path := selfSigned(t)
	whole := database(t, "")
	address := startOptions(t, people{}, files{whole, whole}, flight.Limits{Threads: 1}, func(o *flight.Options) {
		o.TLS = &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{certificate}, NextProtos: []string{"h2"}}
	})
	cmd := exec.Command(java, "--add-opens=java.base/java.nio=ALL-UNNAMED", "-cp", jar, "testdata/Ask.java", address, path, "token-of-ann")
	said := &strings.Builder{}
	cmd.Stderr = said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s%s", err, out, said)
	}
	want := `verso true
core.sale BASE TABLE
name VARCHAR
net DECIMAL
5 South 名 5 6.2500 2025-01-06 0.7142857142857143 null
6 North 名 6 7.5000 2025-01-07 0.8571428571428571 6
prepared 50
prepared 5
refused true
sum 4999950000
`
	if string(out) != want {
		t.Errorf("got\n%s\nwant\n%s", out, want)
	}
}

// selfSigned is a certificate of this machine, also as a file.
func selfSigned(t *testing.T) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "server.crt")
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, path
}
