// Package mailtest is a mail server for tests: it speaks enough of RFC 5321, with
// STARTTLS (RFC 3207) and AUTH (RFC 4954), to take mail, and keeps it.
package mailtest

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// Server takes mail on a port of this machine until the test ends. Fields are
// set before Start.
type Server struct {
	Implicit bool   // TLS from the first byte
	Plain    bool   // no TLS at all
	User     string // "": no login wanted
	Password string

	Port  int
	Trust *tls.Config // trusts the server's certificate
	CA    string      // file with the certificate

	tls *tls.Config
	mu  sync.Mutex
	got []Mail
	bad string // answer to MAIL, when mail is refused
}

// Mail is one message as it arrived.
type Mail struct {
	From      string
	To        []string
	Encrypted bool
	User      string // who logged in
	Data      string
}

// Start begins to listen.
func (s *Server) Start(t testing.TB) {
	t.Helper()
	s.certify(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.Port = listener.Addr().(*net.TCPAddr).Port
	if s.Implicit {
		listener = tls.NewListener(listener, s.tls)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go s.serve(conn)
		}
	}()
}

// certify makes the server's certificate for 127.0.0.1 and localhost.
func (s *Server) certify(t testing.TB) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mailtest"}, NotBefore: time.Unix(0, 0),
		NotAfter: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"localhost"},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(certificate)
	s.Trust = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	s.tls = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}
	s.CA = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(s.CA, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Mails lists what has arrived.
func (s *Server) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Mail(nil), s.got...)
}

// Refuse makes the server answer every MAIL with a line such as "451 later"; ""
// takes mail again.
func (s *Server) Refuse(answer string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bad = answer
}

// session is one connection.
type session struct {
	server *Server
	conn   net.Conn
	in     *bufio.Reader
	secure bool
	user   string
	mail   Mail
}

func (s *Server) serve(conn net.Conn) {
	x := &session{server: s, conn: conn, in: bufio.NewReader(conn), secure: s.Implicit}
	defer func() { x.conn.Close() }()
	x.say("220 mailtest ESMTP")
	for {
		line, err := x.in.ReadString('\n')
		if err != nil {
			return
		}
		verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		if !x.command(strings.ToUpper(verb), rest) {
			return
		}
	}
}

// say answers; a client that has gone is noticed at the next read.
func (x *session) say(lines ...string) {
	_, _ = io.WriteString(x.conn, strings.Join(lines, "\r\n")+"\r\n")
}

// command answers one command, and reports whether the session goes on.
func (x *session) command(verb, rest string) bool {
	s := x.server
	switch verb {
	case "EHLO", "HELO":
		lines := []string{"250-mailtest"}
		if !x.secure && !s.Plain {
			lines = append(lines, "250-STARTTLS")
		}
		if s.User != "" && (x.secure || s.Plain) {
			lines = append(lines, "250-AUTH PLAIN LOGIN")
		}
		x.say(append(lines, "250 8BITMIME")...)
	case "STARTTLS":
		x.say("220 go ahead")
		secured := tls.Server(x.conn, s.tls)
		if secured.Handshake() != nil {
			return false
		}
		x.conn, x.in, x.secure = secured, bufio.NewReader(secured), true
	case "AUTH":
		x.login(rest)
	case "MAIL":
		x.begin(rest)
	case "RCPT":
		x.mail.To = append(x.mail.To, address(rest))
		x.say("250 ok")
	case "DATA":
		return x.data()
	case "RSET", "NOOP":
		x.say("250 ok")
	case "QUIT":
		x.say("221 bye")
		return false
	default:
		x.say("502 not implemented")
	}
	return true
}

func (x *session) login(rest string) {
	mechanism, first, _ := strings.Cut(rest, " ")
	ask := func(challenge string) string {
		x.say("334 " + challenge)
		line, _ := x.in.ReadString('\n')
		return strings.TrimSpace(line)
	}
	decode := func(text string) string { b, _ := base64.StdEncoding.DecodeString(text); return string(b) }
	var user, password string
	switch strings.ToUpper(mechanism) {
	case "PLAIN":
		if first == "" {
			first = ask("")
		}
		if parts := strings.Split(decode(first), "\x00"); len(parts) == 3 {
			user, password = parts[1], parts[2]
		}
	case "LOGIN":
		user, password = decode(ask("VXNlcm5hbWU6")), decode(ask("UGFzc3dvcmQ6"))
	}
	if user != x.server.User || password != x.server.Password {
		x.say("535 5.7.8 authentication failed for " + password) // a careless server
		return
	}
	x.user = user
	x.say("235 welcome")
}

func (x *session) begin(rest string) {
	x.server.mu.Lock()
	bad := x.server.bad
	x.server.mu.Unlock()
	switch {
	case bad != "":
		x.say(bad)
	case x.server.User != "" && x.user == "":
		x.say("530 5.7.0 authentication required")
	default:
		x.mail = Mail{From: address(rest), Encrypted: x.secure, User: x.user}
		x.say("250 ok")
	}
}

// data takes the text of a mail up to the single dot.
func (x *session) data() bool {
	x.say("354 end with a dot")
	var b strings.Builder
	for {
		line, err := x.in.ReadString('\n')
		if err != nil {
			return false
		}
		if line == ".\r\n" {
			break
		}
		b.WriteString(strings.TrimPrefix(line, "."))
	}
	x.mail.Data = b.String()
	x.server.mu.Lock()
	x.server.got = append(x.server.got, x.mail)
	n := len(x.server.got)
	x.server.mu.Unlock()
	x.say(fmt.Sprintf("250 ok, queued as %d", n))
	return true
}

// address is what stands between < and >.
func address(text string) string {
	_, after, _ := strings.Cut(text, "<")
	before, _, _ := strings.Cut(after, ">")
	return before
}
